internal import NetworkTypes

extension Schema {
    /// The keys of a host section that set up its listening sockets.
    static let listenerKeys: [SchemaKey<HostSettings>] = [
        .init(
            "BindDevice", .interface,
            help: "The network interface to accept clients from, such as eth0. Blank accepts "
                + "them from any."
        ) { $0.listener.set(.device, \.device, $1) },
        .init(
            "FreeBind", .boolean, default: "False",
            help: "True: listen even while this machine does not have the address "
                + "(IP_FREEBIND)."
        ) { $0.listener.set(.freeBind, \.isFreeBind, $1) },
        .init(
            "KeepAlive", .keepAlive, default: "False",
            help: "Keep-alive probes for idle TCP connections: IDLE:INTERVAL:COUNT, in seconds, "
                + "or True for the settings of the system."
        ) { $0.listener.set(.keepAlive, \.keepAlive, $1) },
        .init(
            "FastOpen", .integer(0...65_535), default: "0",
            help: "The queue length for clients that send data in their first packet "
                + "(TCP_FASTOPEN); 0 disables it."
        ) { $0.listener.set(.fastOpen, \.fastOpen, $1) },
        .init(
            "DeferAccept", .integer(0...3_600), default: "0",
            help: "How long the kernel waits for the first byte of a client before the daemon "
                + "sees the client (TCP_DEFER_ACCEPT), in seconds; 0 disables it. Not for "
                + "handlers that speak first."
        ) { $0.listener.set(.deferAccept, \.deferAccept, $1) },
        .init(
            "UnixMode", .fileMode, default: "0660",
            help: "The permissions of unix socket files, in octal."
        ) { $0.listener.set(.unixMode, \.unixMode, $1) },
        .init(
            "UnixOwner", .fileOwner,
            help: "The owner of unix socket files: USER, USER:GROUP or :GROUP. Blank uses the "
                + "user and group of icshostd."
        ) { $0.listener.set(.unixOwner, \.unixOwner, $1) },
    ]
}
