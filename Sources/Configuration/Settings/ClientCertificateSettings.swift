/// The client certificate settings of a host, or of `[Server]` for all hosts.
package struct ClientCertificateSettings: Sendable {
    /// `CliCertMethod`: the three methods of ICS's TSslCliCertMethod, in its order.
    package enum Method: Int, CaseIterable, Sendable, Comparable {
        case none, optional, require

        /// The name in ICS.
        package var name: String {
            switch self {
            case .none: "sslCliCertNone"
            case .optional: "sslCliCertOptional"
            case .require: "sslCliCertRequire"
            }
        }

        /// Orders by strictness.
        package static func < (left: Method, right: Method) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// `CliCertMethod`, or `SslCliCertMethod` of the server, when set.
    package var method: Located<Method>?
    /// `CliCertCA`, a file or directory; nil for the authorities of the system.
    package var authorities: Located<String>?
    /// `CliCertCRL`, a file; nil for no revocation.
    package var revocations: Located<String>?

    /// Creates default settings.
    package init() {}

    /// Whether a certificate is requested.
    package var asks: Bool { (method?.value ?? .none) > .none }

    /// The settings in effect for a host: the stricter method, and its own files.
    func joined(with server: ClientCertificateSettings) -> ClientCertificateSettings {
        var joined = self
        joined.method = [method, server.method].compactMap { $0 }.max { $0.value < $1.value }
        joined.authorities = authorities ?? server.authorities
        joined.revocations = revocations ?? server.revocations
        return joined
    }
}

extension HostSettings {
    /// The host with the settings of `[Server]` that apply to all hosts.
    package func joined(with server: ServerSettings) -> HostSettings {
        var host = self
        if server.forbidsTLS != nil { host.tls.upgrade = nil }
        host.tls.clients = tls.clients.joined(with: server.clientCertificates)
        host.tls.unknownName = tls.unknownName ?? server.unknownName
        host.certificate.expireDays = certificate.expireDays ?? server.certificateExpireDays
        return host
    }
}
