internal import NetworkTypes

extension Schema {
    /// The keys of a host section for its listening sockets.
    static let listenerKeys: [SchemaKey<HostSettings>] = [
        .init(
            .device, \.device, .interface,
            help: "The network interface to accept clients from, such as eth0. Blank accepts "
                + "them from any."),
        .init(
            .freeBind, \.isFreeBind, .boolean, default: "False",
            help: "True: listen even while this machine does not have the address "
                + "(IP_FREEBIND)."),
        .init(
            .keepAlive, \.keepAlive, .keepAlive, default: "False",
            help: "Keep-alive probes for idle TCP connections: IDLE:INTERVAL:COUNT, in seconds, "
                + "or True for the settings of the system."),
        .init(
            .fastOpen, \.fastOpen, .integer(0...65_535), default: "0",
            help: "The queue length for clients that send data in their first packet "
                + "(TCP_FASTOPEN); 0 disables it."),
        .init(
            .deferAccept, \.deferAccept, .integer(0...3_600), default: "0",
            help: "How long the kernel waits for the first byte of a client before the daemon "
                + "sees the client (TCP_DEFER_ACCEPT), in seconds; 0 disables it. Not for "
                + "handlers that speak first."),
        .init(
            .proxyProtocol, \.proxyProtocol, .cases, default: "none",
            help: "Whether a load balancer sends the address of each client in a header of the "
                + "PROXY protocol (version 1 or 2). require: TrustedProxies send one, and nobody "
                + "else may connect. optional: TrustedProxies send one, all others are clients. "
                + "Peers on a unix socket are trusted. From then on the address is the client's "
                + "everywhere."),
        .init(
            .trustedProxies, \.trustedProxies, .networks,
            help: "The load balancers that ProxyProtocol believes: addresses and networks, such "
                + "as 192.0.2.7,10.0.0.0/8,2001:db8::/32."),
        .init(
            .unixMode, \.unixMode, .fileMode, default: "0660",
            help: "The permissions of unix socket files, in octal."),
        .init(
            .unixOwner, \.unixOwner, .fileOwner,
            help: "The owner of unix socket files: USER, USER:GROUP or :GROUP. Blank uses the "
                + "user and group of the daemon."),
    ]
}

extension SchemaKey<HostSettings> {
    /// Declares a key of listening sockets, printed only where the host sets it.
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
