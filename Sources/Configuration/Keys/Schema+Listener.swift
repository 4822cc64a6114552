internal import NetworkTypes

extension Schema {
    /// The keys of a host section that set up its listening sockets.
    static let listenerKeys: [SchemaKey<HostSettings>] = [
        .init(
            "BindDevice", .interface,
            help: "the network interface that clients must come through; blank for any"
        ) { $0.listener.set(.device, \.device, $1) },
        .init(
            "FreeBind", .boolean, default: "False",
            help: "True: listen on the address even while this machine does not have it"
        ) { $0.listener.set(.freeBind, \.isFreeBind, $1) },
        .init(
            "KeepAlive", .keepAlive, default: "False",
            help: "ask silent clients whether they live: IDLE:INTERVAL:COUNT in seconds, "
                + "or True for the system's"
        ) { $0.listener.set(.keepAlive, \.keepAlive, $1) },
        .init(
            "FastOpen", .integer(0...65_535), default: "0",
            help: "clients that may send data with their first packet (TCP_FASTOPEN), 0 for none"
        ) { $0.listener.set(.fastOpen, \.fastOpen, $1) },
        .init(
            "DeferAccept", .integer(0...3_600), default: "0",
            help: "seconds to wait for a client's first byte before it counts as one; "
                + "not for handlers that speak first"
        ) { $0.listener.set(.deferAccept, \.deferAccept, $1) },
        .init(
            "UnixMode", .fileMode, default: "0660",
            help: "the permissions of the files of unix sockets, in octal"
        ) { $0.listener.set(.unixMode, \.unixMode, $1) },
        .init(
            "UnixOwner", .fileOwner,
            help: "who owns the files of unix sockets: USER, USER:GROUP or :GROUP; "
                + "blank for icshostd's own"
        ) { $0.listener.set(.unixOwner, \.unixOwner, $1) },
    ]
}
