extension Schema {
    static let serverKeys: [SchemaKey<ServerSettings>] = [
        .init(
            "Include", .path,
            help: "other files to read here, such as hosts/*.conf; may be given again and again"
        ) { _, _ in },  // The loader takes it out before any value is read.
        .init(
            "Workers", .integerOrAutomatic(1...1_024), default: "auto", needsRestart: true,
            help: "event loops, one thread each; auto is one per usable core"
        ) { $0.workers = $1.value },
        .init(
            "ListenBacklog", .integer(1...65_535), default: "4096",
            help: "clients that the kernel queues per listener; it caps them at net.core.somaxconn"
        ) { $0.listenBacklog = $1.value },
        .init(
            "MaxClients", .integerOrAutomatic(0...10_000_000), default: "auto",
            help: "clients at one time; auto is what descriptors and memory allow, 0 is no limit"
        ) { $0.maxClients = $1.value },
        .init(
            "Banner", .text,
            help: "a line sent to every client, on SSL ports after the handshake; blank for none"
        ) { $0.banner = $1.value },
        .init(
            "BannerTooBusy", .text, default: "Sorry, too many clients",
            help: "a line sent to a plain client beyond MaxClients; blank for none"
        ) { $0.bannerTooBusy = $1.value },
        .init(
            "HandshakeTimeout", .duration(.milliseconds(100) ... .seconds(3_600)), default: "10",
            help: "how long a TLS handshake may take, in seconds or with ms, s, m or h"
        ) { $0.handshakeTimeout = $1.value },
        .init(
            "DrainTimeout", .duration(.zero ... .seconds(86_400)), default: "5",
            help: "how long clients may take to finish when the server stops"
        ) { $0.drainTimeout = $1.value },
        .init(
            "StateDirectory", .path,
            help: "where certificates made here are kept; "
                + "blank for $STATE_DIRECTORY, else /var/lib/icshostd"
        ) { $0.stateDirectory = $1.value },
        .init(
            "ControlSocket", .socketPath, needsRestart: true,
            help: "where icshostd status and its like reach the daemon; "
                + "blank for $RUNTIME_DIRECTORY/control, else /run/icshostd/control"
        ) { $0.controlSocket = $1.value },
        .init(
            "LogLevel", .cases, default: "info",
            help: "the least important event that is logged: error, warning, notice, info or debug"
        ) { $0.logLevel = $1.value },
        .init(
            "OnHostError", .cases, default: "degrade",
            help: "when a host cannot start: degrade serves the others, fail refuses to start"
        ) { $0.onHostError = $1.value },
    ]
}
