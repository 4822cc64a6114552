/// What a host says about TLS beyond its certificate.
package struct TLSSettings: Sendable {
    /// `AuthSslCmd`, where given.
    package var upgrade: Located<Bool>?
    /// `AuthForceSsl`, where given.
    package var forcedUpgrade: Located<Bool>?

    /// Takes every default.
    package init() {}

    /// Whether clients of a plain listener may ask for TLS (STARTTLS, AUTH TLS).
    package var offersUpgrade: Bool { upgrade?.value == true }

    /// Whether they must, before anything else that matters.
    package var requiresUpgrade: Bool { forcedUpgrade?.value == true }
}

extension HostSettings {
    /// The host as the server lets it be: what `[Server]` says for all hosts is joined in.
    package func joined(with server: ServerSettings) -> HostSettings {
        var host = self
        if server.forbidsTLS != nil { host.tls.upgrade = nil }
        return host
    }
}
