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

    /// Sets up a TCP socket that is to listen; accepted sockets inherit what concerns clients.
    static func apply(
        _ options: ListenerOptions, to descriptor: CInt, isV6: Bool
    ) throws(SystemError) {
        if let device = options.device {
            let length = socklen_t(device.utf8.count)
            guard
                unsafe setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, device, length) == 0
            else { throw .last("SO_BINDTODEVICE") }
        }
        if options.isFreeBind == true {
            let (level, option) =
                isV6 ? (IPPROTO_IPV6, IPV6_FREEBIND) : (IPPROTO_IP, IP_FREEBIND)
            try set(descriptor, CInt(level), CInt(option), 1, name: "IP_FREEBIND")
        }
        if let count = options.fastOpen, count > 0 {
            try set(
                descriptor, CInt(IPPROTO_TCP), CInt(TCP_FASTOPEN), CInt(count),
                name: "TCP_FASTOPEN")
        }
        if let seconds = options.deferAccept, seconds > 0 {
            try set(
                descriptor, CInt(IPPROTO_TCP), CInt(TCP_DEFER_ACCEPT), CInt(seconds),
                name: "TCP_DEFER_ACCEPT")
        }
        try apply(options.keepAlive ?? .off, to: descriptor)
    }

    private static func apply(_ keepAlive: KeepAlive, to descriptor: CInt) throws(SystemError) {
        guard keepAlive != .off else { return }
        try set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1, name: "SO_KEEPALIVE")
        guard case .every(let idle, let interval, let count) = keepAlive else { return }
        let values = [(TCP_KEEPIDLE, idle), (TCP_KEEPINTVL, interval), (TCP_KEEPCNT, count)]
        for (option, value) in values {
            try set(
                descriptor, CInt(IPPROTO_TCP), CInt(option), CInt(value), name: "SO_KEEPALIVE")
        }
    }
}
