internal import HandlerAPI
internal import TextFormats

extension Schema {
    static let serverKeys: [SchemaKey<ServerSettings>] = [
        .init(
            "Include", .path,
            help: "Files to read in place of this line: a path, or a pattern such as "
                + "hosts/*.conf. May be repeated."
        ) { _ in
            nil
        } store: { _, _ in
        },  // The loader takes it out before any value is read.
        .init(
            "Workers", \.workers, .integerOrAutomatic(1...1_024), default: "auto",
            needsRestart: true,
            help: "The number of event loops, each in a thread of its own. auto starts one for "
                + "each usable CPU core."),
        .init(
            "ListenBacklog", \.listenBacklog, .integer(1...65_535), default: "4096",
            help: "The number of connections per listener that the kernel queues until they are "
                + "accepted. The kernel caps it at net.core.somaxconn."),
        .init(
            "MaxClients", \.maxClients, .integerOrAutomatic(0...10_000_000), default: "auto",
            help: "The maximum number of concurrent clients. Further clients are refused, on "
                + "plain ports with BannerTooBusy. auto allows as many as file descriptors and "
                + "memory permit; 0 means no limit."),
        .init(
            "Banner", \.banner, .text,
            help: "A line that each client receives when it connects, on SSL ports after the "
                + "handshake. Web hosts do not send it. Blank sends none."),
        .init(
            "BannerTooBusy", \.bannerTooBusy, .text, default: "Sorry, too many clients",
            help: "The line that a client of a plain port receives when MaxClients refuses it. "
                + "Blank sends none."),
        .init(
            "HandshakeTimeout", \.handshakeTimeout,
            .duration(.milliseconds(100) ... .seconds(3_600)), default: "10",
            help: "How long a TLS handshake may take before the client is disconnected, in "
                + "seconds or with a unit: ms, s, m or h."),
        .init(
            "StateDirectory", \.stateDirectory, .path,
            help: "The directory for the certificates that the daemon creates. Blank uses "
                + "$STATE_DIRECTORY, which systemd sets, or else \(ProgramIdentity.current.stateDirectory)."
        ),
        .init(
            "ControlSocket", \.controlSocket, .socketPath, needsRestart: true,
            help:
                "The unix socket on which the daemon answers commands such as \(ProgramIdentity.command) "
                + "status. Blank uses $RUNTIME_DIRECTORY/control, where systemd sets that "
                + "directory, or else \(ProgramIdentity.current.runtimeDirectory)/control."),
        .init(
            "LogLevel", \.logLevel, .cases, default: "info",
            help: "The lowest level of events to log: error, warning, notice, info or debug."),
        .init(
            "OnHostError", \.onHostError, .cases, default: "degrade",
            help: "What to do when a host cannot start, for example because its port is in use. "
                + "degrade serves the other hosts and retries this one; fail refuses to start "
                + "or reload."),
    ]
}

extension Schema {
    /// `AllowFrom` and `DenyFrom` of `[Server]`.
    static let serverAccessKeys: [SchemaKey<ServerSettings>] = [
        .init(
            "AllowFrom", \.access.allowed, .addressEntries,
            help: "\(accessHelp.allow) A client must be admitted by [Server] and by its host."),
        .init("DenyFrom", \.access.denied, .addressEntries, help: accessHelp.deny),
    ]

    /// `AllowFrom` and `DenyFrom` of a host.
    static let hostAccessKeys: [SchemaKey<HostSettings>] = [
        .init(
            "AllowFrom", \.access.allowed, .addressEntries,
            help: "\(accessHelp.allow) It cannot admit whom [Server] refuses."),
        .init("DenyFrom", \.access.denied, .addressEntries, help: accessHelp.deny),
    ]

    private static let accessHelp = (
        allow: "Who may connect: addresses and networks, by comma, such as 192.0.2.7, "
            + "198.51.100.0/24, 2001:db8::/32, or file:PATH for a file with one a line. Others are "
            + "refused. Where DenyFrom matches too, the longer network decides. Clients of unix "
            + "sockets are not judged.",
        deny: "Who may not connect, in the form of AllowFrom. Without AllowFrom, all others may. "
            + "Where AllowFrom matches too, the longer network decides, and DenyFrom if both are "
            + "of the same length."
    )
}
