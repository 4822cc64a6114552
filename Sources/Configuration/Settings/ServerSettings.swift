package import HandlerAPI

/// What `[Server]` says, every key at its default where the file is silent.
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
    /// `DrainTimeout`: how long clients may take to finish when the server stops.
    package var drainTimeout = Duration.seconds(5)
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
    /// `CertExpireDays`, where hosts do not say otherwise.
    package var certificateExpireDays = 30
    /// `SslUnknownName`, where it is not the default.
    package var unknownName: Located<UnknownName>?
    /// `SslTicketKeyFile`: keys that several machines share; nil means keys of our own.
    package var ticketKeyFile: Located<String>?
    /// The keys of features that a later version brings, checked and kept.
    package var reserved: [HandlerOption] = []
    /// The keys that nobody goes by.
    package var idle: [IdleKey] = []

    /// Takes every default.
    package init() {}

    /// What is in force after a reload: these settings, but for what a reload leaves as it was at the
    /// start, which are the keys with ``SchemaKey/needsRestart``.
    package func reloaded(since start: ServerSettings) -> ServerSettings {
        var settings = self
        settings.workers = start.workers
        settings.controlSocket = start.controlSocket
        return settings
    }
}

/// What to do with a host in trouble (`OnHostError`).
package enum OnHostError: String, CaseIterable, Sendable {
    /// Keep it down and serve the rest.
    case degrade
    /// Refuse to start.
    case fail
}
