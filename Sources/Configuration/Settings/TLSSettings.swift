/// The TLS settings of a host, except its certificate.
package struct TLSSettings: Sendable {
    /// `SslCipherList12`, for `SSL_CTX_set_cipher_list(3)`; nil for that of the level.
    package var ciphers: Located<String>?
    /// `SslCipherList13`, for `SSL_CTX_set_ciphersuites(3)`; nil for that of the level.
    package var suites: Located<String>?
    /// `SslCryptoGroups`, for `SSL_CTX_set1_groups_list(3)`; nil for the default.
    package var groups: Located<String>?
    /// `SslAlpnProtocols`, a single `*` for any; nil for those of the handler.
    package var protocols: Located<[String]>?
    /// `CliCertMethod`, `CliCertCA` and `CliCertCRL`.
    package var clients = ClientCertificateSettings()
    /// `SslUnknownName`, when set.
    package var unknownName: Located<UnknownName>?
    /// `AuthSslCmd`, when set.
    package var upgrade: Located<Bool>?
    /// `AuthForceSsl`, when set.
    package var forcedUpgrade: Located<Bool>?

    /// Creates default settings.
    package init() {}

    /// Whether clients without a server name of the endpoint are refused.
    package var rejectsUnknownNames: Bool { unknownName?.value == .reject }

    /// Whether clients of a plain listener may upgrade to TLS (STARTTLS, AUTH TLS).
    package var offersUpgrade: Bool { upgrade?.value == true }

    /// Whether they must upgrade before any other command.
    package var requiresUpgrade: Bool { forcedUpgrade?.value == true }
}

/// How clients with an unknown server name, or none, are served (`SslUnknownName`).
package enum UnknownName: String, CaseIterable, Sendable {
    /// The first host of the endpoint serves it.
    case `default`
    /// The handshake is refused (alert `unrecognized_name`).
    case reject
}

/// `SslSecLevel`: the ten levels of ICS's TSslSrvSecurity, in its order.
package enum SecurityLevel: Int, CaseIterable, Sendable {
    case none, ssl3, backward, intermediate, intermediateFS, high, high128, high192
    case tls12OrLess, tls13Only
}
