internal import CLinux
internal import Glibc
package import NetworkTypes

/// A TCP socket that accepts clients.
package struct ListeningSocket: ~Copyable, Sendable {
    private let descriptor: FileDescriptor
    /// Where it listens, with the port the kernel chose when 0 was asked for.
    package let address: SocketAddress

    /// The number to watch on a loop.
    package var number: CInt { descriptor.number }

    /// Binds and listens.
    ///
    /// IPv6 sockets accept IPv6 clients only (`IPV6_V6ONLY`), so `0.0.0.0` and `::` of one port
    /// live side by side. `SO_REUSEADDR` lets a restart bind while old clients are in TIME_WAIT.
    ///
    /// - Parameters:
    ///   - address: where to listen; port 0 takes a free one.
    ///   - backlog: clients that the kernel queues (listen(2)), cut to `net.core.somaxconn`.
    /// - Throws: the call that failed, of socket(2), setsockopt(2), bind(2) and listen(2).
    package init(on address: SocketAddress, backlog: Int) throws(SystemError) {
        let family = address.ip.family == .v4 ? AF_INET : AF_INET6
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = try FileDescriptor(
            socket(family, type | CInt(SOCK_CLOEXEC.rawValue), 0), from: "socket")
        try SocketOption.set(descriptor.number, SOL_SOCKET, SO_REUSEADDR, 1)
        if address.ip.family == .v6 {
            try SocketOption.set(descriptor.number, CInt(IPPROTO_IPV6), CInt(IPV6_V6ONLY), 1)
        }
        // Accepted sockets inherit it, which spares a call for each client.
        try SocketOption.set(descriptor.number, CInt(IPPROTO_TCP), CInt(TCP_NODELAY), 1)
        let number = descriptor.number
        let bound = unsafe RawAddress.with(address) { unsafe bind(number, $0, $1) }
        guard bound == 0 else { throw .last("bind") }
        guard listen(number, Int32(clamping: backlog)) == 0 else { throw .last("listen") }
        let name = unsafe RawAddress.receive { unsafe getsockname(number, $0, $1) }
        guard let actual = name.address else { throw .last("getsockname") }
        self.address = actual
        self.descriptor = descriptor
    }

    /// What accept(2) can come back with.
    package enum Acceptance: ~Copyable {
        /// A client, non-blocking, with its address.
        case accepted(StreamSocket, SocketAddress)
        /// Nobody waits.
        case empty
        /// This client is gone already; the next may be there.
        case vanished(SystemError)
        /// No descriptor or memory is left (EMFILE, ENFILE, ENOBUFS, ENOMEM): wait a while.
        case exhausted(SystemError)
    }

    /// Takes the next client from the queue.
    package func accept() -> Acceptance {
        let number = descriptor.number
        let taken = unsafe RawAddress.receive { unsafe clinux_accept(number, $0, $1) }
        guard taken.result < 0 else {
            let socket = StreamSocket(adopting: FileDescriptor(adopting: taken.result))
            return .accepted(socket, taken.address ?? SocketAddress(.anyV6, port: 0))
        }
        switch errno {
        case EAGAIN: return .empty
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(.last("accept4"))
        // ECONNABORTED, EINTR, EPROTO, and the network errors that Linux passes through
        // accept(2): each concerns one client only.
        default: return .vanished(.last("accept4"))
        }
    }
}

/// setsockopt(2) with an integer.
enum SocketOption {
    static func set(
        _ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt
    ) throws(SystemError) {
        var value = value
        let length = socklen_t(MemoryLayout<CInt>.size)
        guard unsafe setsockopt(descriptor, level, option, &value, length) == 0 else {
            throw .last("setsockopt")
        }
    }
}
