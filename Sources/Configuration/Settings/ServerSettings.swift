package import HandlerAPI

/// The settings of `[Server]`, with defaults for absent keys.
package struct ServerSettings: Sendable {
    /// `Workers`: event loops, one thread each; nil means one per usable core.
    package var workers: Int?
    /// `ListenBacklog`: clients the kernel queues per listener (listen(2)).
    package var listenBacklog = 4096
    /// `MaxClients`: clients at one time, 0 for no limit; nil means what descriptors and memory
    /// allow.
    package var maxClients: Int?
    /// `Banner`: sent with CRLF to every client, empty for none.
    package var banner = ""
    /// `BannerTooBusy`: sent with CRLF to a plain client beyond ``maxClients``.
    package var bannerTooBusy = "Sorry, too many clients"
    /// `HandshakeTimeout`: how long a TLS handshake may take.
    package var handshakeTimeout = Duration.seconds(10)
    /// `DrainTimeout` and its like, where hosts set no limits of their own.
    package var limits = Limits()
    /// `StateDirectory`: where certificates made here are kept; nil means `$STATE_DIRECTORY`,
    /// else `/var/lib/icshostd`.
    package var stateDirectory: String?
    /// `ControlSocket`: where `icshostd status` and its like reach the daemon; nil means `control` in
    /// `$RUNTIME_DIRECTORY`, else in `/run/icshostd`.
    package var controlSocket: String?
    /// `LogLevel`: the least important event that is logged.
    package var logLevel = LogLevel.info
    /// `OnHostError`: whether one host in trouble keeps the rest from serving.
    package var onHostError = OnHostError.degrade

    /// `NoSSL`, where it forbids SSL ports.
    package var forbidsTLS: Located<Bool>?
    /// `SslCliCertMethod`, `CliCertCA` and `CliCertCRL`, for all hosts.
    package var clientCertificates = ClientCertificateSettings()
    /// `CertExpireDays`, for hosts that do not set it.
    package var certificateExpireDays = 30
    /// `SslUnknownName`, where it is not the default.
    package var unknownName: Located<UnknownName>?
    /// `SslTicketKeyFile`: keys that several machines share; nil means keys of our own.
    package var ticketKeyFile: Located<String>?
    /// The keys of features that a later version brings, checked and kept.
    package var reserved: [HandlerOption] = []
    /// The keys without effect.
    package var idle: [IdleKey] = []

    /// Takes every default.
    package init() {}

    /// The settings in effect after a reload: these, but for the keys that keep their value of the
    /// start, which are the keys with ``SchemaKey/needsRestart``.
    package func reloaded(since start: ServerSettings) -> ServerSettings {
        var settings = self
        settings.workers = start.workers
        settings.controlSocket = start.controlSocket
        return settings
    }
}

/// How a host in trouble is handled (`OnHostError`).
package enum OnHostError: String, CaseIterable, Sendable {
    /// Keep it down and serve the rest.
    case degrade
    /// Refuse to start.
    case fail
}
