internal import CLinux
internal import Glibc
internal import NetworkTypes

/// setsockopt(2), with the name of the option in what it throws.
enum SocketOption {
    static func set(
        _ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt,
        name: String = "setsockopt"
    ) throws(SystemError) {
        var value = value
        let length = socklen_t(MemoryLayout<CInt>.size)
        guard unsafe setsockopt(descriptor, level, option, &value, length) == 0 else {
            throw .last(name)
        }
    }

    /// Sets up a TCP socket that listens or is to; accepted sockets inherit what concerns clients.
    ///
    /// - Parameters:
    ///   - options: how it is to be.
    ///   - old: how it was set up before: what is the same is left alone.
    ///   - descriptor: the socket.
    ///   - isV6: whether its family is IPv6.
    /// - Throws: the option that could not be set.
    static func apply(
        _ options: ListenerOptions, over old: ListenerOptions = ListenerOptions(),
        to descriptor: CInt, isV6: Bool
    ) throws(SystemError) {
        if options.device != old.device {
            let device = options.device ?? ""
            let length = socklen_t(device.utf8.count)
            guard
                unsafe setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, device, length) == 0
            else { throw .last("SO_BINDTODEVICE") }
        }
        if options.isFreeBind != old.isFreeBind {
            let (level, option) =
                isV6 ? (IPPROTO_IPV6, IPV6_FREEBIND) : (IPPROTO_IP, IP_FREEBIND)
            try set(
                descriptor, CInt(level), CInt(option), options.isFreeBind == true ? 1 : 0,
                name: "IP_FREEBIND")
        }
        if options.fastOpen != old.fastOpen {
            try set(
                descriptor, CInt(IPPROTO_TCP), CInt(TCP_FASTOPEN), CInt(options.fastOpen ?? 0),
                name: "TCP_FASTOPEN")
        }
        if options.deferAccept != old.deferAccept {
            try set(
                descriptor, CInt(IPPROTO_TCP), CInt(TCP_DEFER_ACCEPT),
                CInt(options.deferAccept ?? 0), name: "TCP_DEFER_ACCEPT")
        }
        guard options.keepAlive != old.keepAlive else { return }
        try apply(options.keepAlive ?? .off, to: descriptor)
    }

    private static func apply(_ keepAlive: KeepAlive, to descriptor: CInt) throws(SystemError) {
        let isOn: CInt = keepAlive == .off ? 0 : 1
        try set(descriptor, SOL_SOCKET, SO_KEEPALIVE, isOn, name: "SO_KEEPALIVE")
        guard case .every(let idle, let interval, let count) = keepAlive else { return }
        let values = [(TCP_KEEPIDLE, idle), (TCP_KEEPINTVL, interval), (TCP_KEEPCNT, count)]
        for (option, value) in values {
            try set(
                descriptor, CInt(IPPROTO_TCP), CInt(option), CInt(value), name: "SO_KEEPALIVE")
        }
    }
}
