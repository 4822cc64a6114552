internal import NetworkTypes

extension Schema {
    /// The keys of a host section that set up its listening sockets.
    static let listenerKeys: [SchemaKey<HostSettings>] = [
        .init(
            .device, \.device, .interface,
            help: "the network interface that clients must come through; blank for any"),
        .init(
            .freeBind, \.isFreeBind, .boolean, default: "False",
            help: "True: listen on the address even while this machine does not have it"),
        .init(
            .keepAlive, \.keepAlive, .keepAlive, default: "False",
            help: "ask silent clients whether they live: IDLE:INTERVAL:COUNT in seconds, "
                + "or True for the system's"),
        .init(
            .fastOpen, \.fastOpen, .integer(0...65_535), default: "0",
            help: "clients that may send data with their first packet (TCP_FASTOPEN), 0 for none"),
        .init(
            .deferAccept, \.deferAccept, .integer(0...3_600), default: "0",
            help: "seconds to wait for a client's first byte before it counts as one; "
                + "not for handlers that speak first"),
        .init(
            .unixMode, \.unixMode, .fileMode, default: "0660",
            help: "the permissions of the files of unix sockets, in octal"),
        .init(
            .unixOwner, \.unixOwner, .fileOwner,
            help: "who owns the files of unix sockets: USER, USER:GROUP or :GROUP; "
                + "blank for icshostd's own"),
    ]
}

extension SchemaKey<HostSettings> {
    /// Declares a key of listening sockets, whose value is shown where the host sets it.
    fileprivate convenience init<Value: Spelled>(
        _ key: ListenerOptions.Key,
        _ member: any WritableKeyPath<ListenerOptions, Value?> & Sendable,
        _ type: ValueType<Value>, default defaultText: String = "", help: String
    ) {
        self.init(key.rawValue, type, default: defaultText, help: help) { host in
            guard host.listener.places[key] != nil else { return nil }
            return host.listener.options[keyPath: member]?.spelling
        } store: { host, value in
            host.listener.set(key, member, value)
        }
    }
}
