internal import CLinux
internal import Glibc
package import NetworkTypes

/// A TCP or unix socket that accepts clients.
package struct ListeningSocket: ~Copyable, Sendable {
    /// The file that was made for a unix socket with a path; removed before the socket closes.
    private let file: UnixSocketFile?
    private let descriptor: FileDescriptor
    /// Where it listens, with the port the kernel chose when 0 was asked for.
    package let endpoint: Endpoint
    /// Whether it is one for both families, which somebody else has bound (``InheritedSocket/isDualStack``).
    package let isDualStack: Bool

    /// The number to watch on a loop.
    package var number: CInt { descriptor.number }

    /// Binds and listens.
    ///
    /// IPv6 sockets accept IPv6 clients only (`IPV6_V6ONLY`), so `0.0.0.0` and `::` of one port
    /// live side by side. `SO_REUSEADDR` lets a restart bind while old clients are in TIME_WAIT.
    /// The stale file of a unix socket is replaced, see ``UnixSocketFile``.
    ///
    /// - Parameters:
    ///   - endpoint: where to listen; port 0 takes a free one.
    ///   - options: how to set the socket up.
    ///   - backlog: clients that the kernel queues (listen(2)), capped at `net.core.somaxconn`.
    ///   - sharesPort: whether another socket, which allows it too, has the port for a moment.
    /// - Throws: the call that failed, of socket(2), setsockopt(2), bind(2) and listen(2), and of
    ///   what names and files need.
    package init(
        on endpoint: Endpoint, options: ListenerOptions = ListenerOptions(), backlog: Int,
        sharesPort: Bool = false
    ) throws(SystemError) {
        let descriptor = try ListeningSocket.open(for: endpoint)
        let number = descriptor.number
        if sharesPort { try ListeningSocket.sharePort(number, true) }
        let file = try UnixSocketFile.bind(number, to: endpoint, options)
        let port = try ListeningSocket.bind(number, to: endpoint, options)
        guard listen(number, Int32(clamping: backlog)) == 0 else { throw .last("listen") }
        if sharesPort { try ListeningSocket.sharePort(number, false) }
        self.endpoint = endpoint.withPort(port)
        isDualStack = false
        self.file = file
        self.descriptor = descriptor
    }

    /// Checks whether a listener could be opened there, without listening and without leaving a file.
    ///
    /// - Throws: as ``init(on:options:backlog:)``.
    package static func probe(
        _ endpoint: Endpoint, options: ListenerOptions = ListenerOptions()
    ) throws(SystemError) {
        if case .unix(let address) = endpoint {
            return try UnixSocketFile.probe(address, options)
        }
        let descriptor = try open(for: endpoint)
        _ = try bind(descriptor.number, to: endpoint, options)
    }

    private static func open(for endpoint: Endpoint) throws(SystemError) -> FileDescriptor {
        let family =
            switch endpoint.socketAddress?.ip.family {
            case .v4: AF_INET
            case .v6: AF_INET6
            case .unix, nil: AF_UNIX
            }
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        return try FileDescriptor(socket(family, type, 0), from: "socket")
    }

    /// Takes over a listening socket, and sets its options.
    ///
    /// - Parameters:
    ///   - inherited: the socket; it is closed when this fails.
    ///   - endpoint: where it listens.
    ///   - options: how to set it up.
    ///   - backlog: clients that the kernel queues.
    ///   - setsAccess: whether the file of a unix socket is ours, so that its mode and owner are set.
    /// - Throws: the call that failed; `open` when the file of a unix socket is gone, so that nobody
    ///   could find it.
    package init(
        _ inherited: InheritedSocket, on endpoint: Endpoint, options: ListenerOptions, backlog: Int,
        setsAccess: Bool = true
    ) throws(SystemError) {
        let descriptor = FileDescriptor(adopting: inherited.number)
        let number = descriptor.number
        guard fcntl(number, F_SETFL, O_NONBLOCK) == 0, fcntl(number, F_SETFD, FD_CLOEXEC) == 0
        else { throw .last("fcntl") }
        guard listen(number, Int32(clamping: backlog)) == 0 else { throw .last("listen") }
        let file = try UnixSocketFile.inherited(number, endpoint)
        // What it was set up with is not known: each option is set, to its default too.
        var unknown = ListenerOptions()
        unknown.isFreeBind = options.isFreeBind
        unknown.device = options.device
        unknown.fastOpen = options.fastOpen == nil ? -1 : nil
        unknown.deferAccept = options.deferAccept == nil ? -1 : nil
        unknown.keepAlive = options.keepAlive == nil ? .system : nil
        let address = endpoint.withPort(inherited.endpoint?.port ?? 0)
        try ListeningSocket.apply(options, over: unknown, to: number, on: address)
        if setsAccess { try file?.setAccess(options) }
        self.endpoint = address
        isDualStack = inherited.isDualStack
        self.file = file
        self.descriptor = descriptor
    }

    /// Removes the file of a unix socket, so that nobody comes any more, unless somebody else has the
    /// socket as well.
    package func removeFile() { file?.remove() }

    /// Whether clients find it: the file of a unix socket is where it was made (lstat(2)).
    package var isReachable: Bool { file?.isInPlace() ?? true }

    /// Leaves the file of a unix socket where it is at the end: somebody else has the socket too.
    package func keepFile() { file?.keep() }

    /// Stops listening, for every owner of the socket; clients in the queue are reset.
    package func stopListening() {
        file?.removeAlways()
        _ = shutdown(descriptor.number, CInt(SHUT_RDWR))
    }

    /// Lets another socket of this user have the port as well, or no longer (`SO_REUSEPORT`).
    package func sharePort(_ isShared: Bool) throws(SystemError) {
        try ListeningSocket.sharePort(descriptor.number, isShared)
    }

    private static func sharePort(_ number: CInt, _ isShared: Bool) throws(SystemError) {
        try SocketOption.set(
            number, SOL_SOCKET, SO_REUSEPORT, isShared ? 1 : 0, name: "SO_REUSEPORT")
    }

    /// Changes how many clients the kernel queues; those that wait stay.
    package func setBacklog(_ backlog: Int) throws(SystemError) {
        guard listen(descriptor.number, Int32(clamping: backlog)) == 0 else {
            throw .last("listen")
        }
    }

    /// Sets the options of the open socket again.
    ///
    /// - Parameters:
    ///   - options: how it is to be.
    ///   - old: how it was set up.
    /// - Throws: the call that failed.
    package func apply(
        _ options: ListenerOptions, over old: ListenerOptions
    ) throws(SystemError) {
        try ListeningSocket.apply(options, over: old, to: descriptor.number, on: endpoint)
        try file?.setAccess(options)
    }

    private static func apply(
        _ options: ListenerOptions, over old: ListenerOptions, to number: CInt,
        on endpoint: Endpoint
    ) throws(SystemError) {
        guard case .tcp(let address, _) = endpoint else { return }
        // Accepted sockets inherit it, which spares a call for each client.
        try SocketOption.set(number, CInt(IPPROTO_TCP), CInt(TCP_NODELAY), 1)
        try SocketOption.apply(options, over: old, to: number, isV6: address.ip.family == .v6)
    }

    /// Sets a TCP socket up and binds it; does nothing with others.
    ///
    /// - Returns: the port, which the kernel chose when 0 was asked for.
    private static func bind(
        _ number: CInt, to endpoint: Endpoint, _ options: ListenerOptions
    ) throws(SystemError) -> UInt16 {
        guard let family = endpoint.socketAddress?.ip.family else { return 0 }
        let isV6 = family == .v6
        try SocketOption.set(number, SOL_SOCKET, SO_REUSEADDR, 1)
        if isV6 { try SocketOption.set(number, CInt(IPPROTO_IPV6), CInt(IPV6_V6ONLY), 1) }
        // Accepted sockets inherit it, which spares a call for each client.
        try SocketOption.set(number, CInt(IPPROTO_TCP), CInt(TCP_NODELAY), 1)
        try SocketOption.apply(options, to: number, isV6: isV6)
        let bound = try unsafe RawAddress.with(endpoint) { unsafe Glibc.bind(number, $0, $1) }
        guard bound == 0 else { throw .last("bind") }
        let name = unsafe RawAddress.receive { unsafe getsockname(number, $0, $1) }
        guard let actual = name.address else { throw .last("getsockname") }
        return actual.port
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
            return .accepted(socket, taken.address ?? unixPeer(of: taken.result))
        }
        switch errno {
        case EAGAIN: return .empty
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(.last("accept4"))
        // ECONNABORTED, EINTR, EPROTO, and the network errors that Linux passes through
        // accept(2): each concerns one client only.
        default: return .vanished(.last("accept4"))
        }
    }

    /// Who connected to a unix socket (`SO_PEERCRED`, unix(7)).
    private func unixPeer(of number: CInt) -> SocketAddress {
        var (process, user) = (Int32(0), UInt32.max)
        _ = unsafe clinux_peer(number, &process, &user)
        return SocketAddress(UnixPeer(processID: process, userID: user))
    }
}
