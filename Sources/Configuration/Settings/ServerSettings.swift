package import HandlerAPI

/// The settings of `[Server]`, with defaults for absent keys.
package struct ServerSettings: Sendable {
    /// `Workers`: the number of event loops, one thread each; nil means one per usable core.
    package var workers: Int?
    /// `ListenBacklog`: the most clients that the kernel queues for a listener (listen(2)).
    package var listenBacklog = 4096
    /// `MaxClients`: the limit of clients, 0 for none; nil means as many as descriptors and memory allow.
    package var maxClients: Int?
    /// `Banner`: sent with CRLF to every client, empty for none.
    package var banner = ""
    /// `BannerTooBusy`: sent with CRLF to a plain client above ``maxClients``.
    package var bannerTooBusy = "Sorry, too many clients"
    /// `HandshakeTimeout`: how long a TLS handshake may take.
    package var handshakeTimeout = Duration.seconds(10)
    /// `DrainTimeout` and the other limits, for hosts that do not set their own.
    package var limits = Limits()
    /// `StateDirectory`, for certificates that the server creates.
    ///
    /// Nil means `$STATE_DIRECTORY`, else `/var/lib/icshostd`.
    package var stateDirectory: String?
    /// `ControlSocket`: the socket of `icshostd status` and other commands.
    ///
    /// Nil means `control` in `$RUNTIME_DIRECTORY`, else in `/run/icshostd`.
    package var controlSocket: String?
    /// `LogLevel`: the lowest level that is logged.
    package var logLevel = LogLevel.info
    /// `OnHostError`: whether a failing host prevents the others from serving.
    package var onHostError = OnHostError.degrade

    /// `AllowFrom` and `DenyFrom`, for clients of all hosts.
    package var access = AccessSettings()

    /// `NoSSL`, when it forbids SSL ports.
    package var forbidsTLS: Located<Bool>?
    /// `SslCliCertMethod`, `CliCertCA` and `CliCertCRL`, for all hosts.
    package var clientCertificates = ClientCertificateSettings()
    /// `CertExpireDays`, for hosts that do not set it.
    package var certificateExpireDays = 30
    /// `SslUnknownName`, when it is not the default.
    package var unknownName: Located<UnknownName>?
    /// `SslTicketKeyFile`: keys that several machines share; nil means random keys.
    package var ticketKeyFile: Located<String>?
    /// The keys of future features, validated and kept.
    package var reserved: [HandlerOption] = []
    /// The keys without effect.
    package var idle: [IdleKey] = []

    /// Creates default settings.
    package init() {}

    /// The settings in effect after a reload.
    ///
    /// Keys with ``SchemaKey/needsRestart`` keep the value of the start.
    package func reloaded(since start: ServerSettings) -> ServerSettings {
        var settings = self
        settings.workers = start.workers
        settings.controlSocket = start.controlSocket
        return settings
    }
}

/// The handling of a host that cannot start (`OnHostError`).
package enum OnHostError: String, CaseIterable, Sendable {
    /// Keep it down and serve the rest.
    case degrade
    /// Refuse to start.
    case fail
}
