extension IcsHost {
    /// The TLS policy of a host: `SslSecLevel`, the levels of ICS's TSslSrvSecurity.
    @nonexhaustive
    public enum SecurityLevel: String, CaseIterable, Sendable {
        /// No restriction.
        case none = "sslSrvSecNone"
        /// From SSL 3, as far as OpenSSL still has it.
        case ssl3 = "sslSrvSecSsl3"
        /// For old clients: from TLS 1.0.
        case backward = "sslSrvSecBack"
        /// From TLS 1.1.
        case intermediate = "sslSrvSecInter"
        /// The same, with forward secrecy.
        case intermediateFS = "sslSrvSecInterFS"
        /// From TLS 1.2, with forward secrecy: the default.
        case high = "sslSrvSecHigh"
        /// The same, with keys of 128 bits of security.
        case high128 = "sslSrvSecHigh128"
        /// The same, with keys of 192 bits of security.
        case high192 = "sslSrvSecHigh192"
        /// Up to TLS 1.2.
        case tls12OrLess = "sslSrvSecTls12Less"
        /// TLS 1.3 only.
        case tls13Only = "sslSrvSecTls13Only"
    }

    /// Whether TLS clients present certificates: `CliCertMethod`, ICS's TSslCliCertMethod.
    @nonexhaustive
    public enum ClientCertificates: String, CaseIterable, Sendable {
        /// They are not requested.
        case none = "sslCliCertNone"
        /// They are requested.
        case optional = "sslCliCertOptional"
        /// They are required.
        case required = "sslCliCertRequire"
    }

    /// What a client gets whose server name matches no host, or that sends none: `SslUnknownName`.
    @nonexhaustive
    public enum UnknownServerName: String, CaseIterable, Sendable {
        /// The first host of the port serves it.
        case serve = "default"
        /// The handshake is refused.
        case reject
    }

    /// Keep-alive probes of idle TCP connections: `KeepAlive`.
    @nonexhaustive
    public enum KeepAlive: Hashable, Sendable {
        /// None.
        case off
        /// With the settings of the system.
        case system
        /// The first after `idle` seconds (up to 32,767), the next ones after `interval` seconds each (up to 32,767);
        /// the connection breaks after `count` (up to 127) without an answer.
        case every(idle: Int, interval: Int, count: Int)
    }
}

extension IcsHost.SecurityLevel: SettingText {}
extension IcsHost.ClientCertificates: SettingText {}
extension IcsHost.UnknownServerName: SettingText {}

extension IcsHost.KeepAlive: SettingText {
    var settingText: String? {
        switch self {
        case .off: "False"
        case .system: "True"
        case .every(let idle, let interval, let count): "\(idle):\(interval):\(count)"
        }
    }
}
