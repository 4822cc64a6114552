/// What a host says about TLS beyond its certificate.
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

    /// Whether clients that ask for no name of the endpoint are turned away.
    package var rejectsUnknownNames: Bool { unknownName?.value == .reject }

    /// Whether clients of a plain listener may ask for TLS (STARTTLS, AUTH TLS).
    package var offersUpgrade: Bool { upgrade?.value == true }

    /// Whether they must, before anything else that matters.
    package var requiresUpgrade: Bool { forcedUpgrade?.value == true }
}

/// Who is served that asks for a name that nobody has, or for none (`SslUnknownName`).
package enum UnknownName: String, CaseIterable, Sendable {
    /// The first host of the endpoint serves it.
    case `default`
    /// The handshake is refused (alert `unrecognized_name`).
    case reject
}
