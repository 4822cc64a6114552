internal import HandlerAPI

extension Schema {
    static let serverKeys: [SchemaKey<ServerSettings>] = [
        .init(
            "Include", .path,
            help: "other files to read here, such as hosts/*.conf; may be given again and again"
        ) { _ in
            nil
        } store: { _, _ in
        },  // The loader takes it out before any value is read.
        .init(
            "Workers", \.workers, .integerOrAutomatic(1...1_024), default: "auto",
            needsRestart: true,
            help: "event loops, one thread each; auto is one per usable core"),
        .init(
            "ListenBacklog", \.listenBacklog, .integer(1...65_535), default: "4096",
            help: "clients that the kernel queues per listener; it caps them at net.core.somaxconn"),
        .init(
            "MaxClients", \.maxClients, .integerOrAutomatic(0...10_000_000), default: "auto",
            help: "clients at one time; auto is what descriptors and memory allow, 0 is no limit"),
        .init(
            "Banner", \.banner, .text,
            help: "a line sent to every client, on SSL ports after the handshake; blank for none"),
        .init(
            "BannerTooBusy", \.bannerTooBusy, .text, default: "Sorry, too many clients",
            help: "a line sent to a plain client beyond MaxClients; blank for none"),
        .init(
            "HandshakeTimeout", \.handshakeTimeout,
            .duration(.milliseconds(100) ... .seconds(3_600)), default: "10",
            help: "how long a TLS handshake may take, in seconds or with ms, s, m or h"),
        .init(
            "StateDirectory", \.stateDirectory, .path,
            help: "where certificates made here are kept; "
                + "blank for $STATE_DIRECTORY, else /var/lib/icshostd"),
        .init(
            "ControlSocket", \.controlSocket, .socketPath, needsRestart: true,
            help: "where icshostd status and its like reach the daemon; "
                + "blank for $RUNTIME_DIRECTORY/control, else /run/icshostd/control"),
        .init(
            "LogLevel", \.logLevel, .cases, default: "info",
            help: "the least important event that is logged: error, warning, notice, info or debug"),
        .init(
            "OnHostError", \.onHostError, .cases, default: "degrade",
            help: "with a host in trouble: degrade leaves it out, fail refuses to start"),
    ]
}
