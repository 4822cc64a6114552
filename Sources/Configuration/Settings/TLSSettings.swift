/// The TLS settings of a host, its certificate apart.
package struct TLSSettings: Sendable {
    /// `SslCipherList12`, as `SSL_CTX_set_cipher_list(3)` reads it; nil for that of the level.
    package var ciphers: Located<String>?
    /// `SslCipherList13`, as `SSL_CTX_set_ciphersuites(3)` reads it; nil for that of the level.
    package var suites: Located<String>?
    /// `SslCryptoGroups`, as `SSL_CTX_set1_groups_list(3)` reads it; nil for the usual ones.
    package var groups: Located<String>?
    /// `SslAlpnProtocols`, `*` alone for any; nil for those of the handler.
    package var protocols: Located<[String]>?
    /// `CliCertMethod`, `CliCertCA` and `CliCertCRL`.
    package var clients = ClientCertificateSettings()
    /// `SslUnknownName`, where given.
    package var unknownName: Located<UnknownName>?
    /// `AuthSslCmd`, where given.
    package var upgrade: Located<Bool>?
    /// `AuthForceSsl`, where given.
    package var forcedUpgrade: Located<Bool>?

    /// Takes every default.
    package init() {}

    /// Whether clients that request no name of the endpoint are refused.
    package var rejectsUnknownNames: Bool { unknownName?.value == .reject }

    /// Whether clients of a plain listener may ask for TLS (STARTTLS, AUTH TLS).
    package var offersUpgrade: Bool { upgrade?.value == true }

    /// Whether they must, before anything else that matters.
    package var requiresUpgrade: Bool { forcedUpgrade?.value == true }
}

/// How clients that request an unknown name, or none, are served (`SslUnknownName`).
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
