internal import HandlerAPI

/// Finds settings of client certificates that are surely mistaken.
enum ClientCertificateCheck {
    /// Reports where the server's setting overrides the host's, and missing or unused files.
    static func check(
        _ host: HostSettings, _ server: ClientCertificateSettings,
        into diagnostics: inout Diagnostics
    ) {
        let own = host.tls.clients
        let joined = own.joined(with: server)
        checkPlainPort(of: host, joined, server, into: &diagnostics)
        guard host.needsCertificate else { return }
        checkMethods(of: host, own, server, into: &diagnostics)
        let isUnmapped = host.troubles.contains { $0.key == "CliCertCA" }
        if joined.asks, joined.authorities == nil, !isUnmapped, let method = joined.method {
            diagnostics.warn(
                at: method.location,
                "CliCertCA is not set: clients of [\(host.section)] may present a certificate of any"
                    + " authority in the trust store of the system")
        }
        guard !joined.asks else { return }
        for (key, file) in [("CliCertCA", own.authorities), ("CliCertCRL", own.revocations)] {
            guard let file else { continue }
            diagnostics.warn(
                at: file.location, "\(key) has no effect: CliCertMethod is sslCliCertNone")
        }
    }

    /// Reports that clients of the plain port need no certificate.
    private static func checkPlainPort(
        of host: HostSettings, _ joined: ClientCertificateSettings,
        _ server: ClientCertificateSettings, into diagnostics: inout Diagnostics
    ) {
        guard host.isEnabled, host.speaksPlain, !host.leavesPlainPort else { return }
        // A key without effect in this host is already reported.
        if let method = joined.method, method.value == .require,
            host.needsCertificate || server.method?.value == .require
        {
            diagnostics.warn(
                at: method.location,
                "CliCertMethod=sslCliCertRequire applies to SSL clients only: clients of the plain port of"
                    + " [\(host.section)] need no certificate; remove BindNonPort, or"
                    + " set AuthForceSsl=True",
                related: host.plainPort.map { [.init(at: $0.location, "the plain port is here")] }
                    ?? [])
        }
        if host.needsCertificate, let unknown = host.tls.unknownName, unknown.value == .reject {
            diagnostics.note(
                at: unknown.location,
                "SslUnknownName=reject applies to SSL clients only: the plain port of"
                    + " [\(host.section)] serves clients of any name")
        }
    }

    /// Reports which of two methods is used: the stricter.
    private static func checkMethods(
        of host: HostSettings, _ own: ClientCertificateSettings,
        _ server: ClientCertificateSettings, into diagnostics: inout Diagnostics
    ) {
        guard let method = own.method, let other = server.method, method.value != other.value
        else { return }
        let stricter = max(method.value, other.value).name
        // ICS asks for both, and the weaker one overrides the one that requires a certificate.
        let foreign =
            min(method.value, other.value) == .optional ? "; in ICS, Optional beats Require" : ""
        diagnostics.note(
            at: method.location,
            "CliCertMethod of [\(host.section)] is \(stricter): the stricter of this and the "
                + "setting of [Server] applies\(foreign)",
            related: [.init(at: other.location, "[Server] sets it here")])
    }
}

extension HostSettings {
    /// Whether the plain port only redirects or upgrades its clients to TLS.
    fileprivate var leavesPlainPort: Bool {
        if tls.requiresUpgrade, traits.speaksHTTP || tls.offersUpgrade { return true }
        return redirect?.value.lowercased().hasPrefix("https://") == true
    }
}
