package import NetworkTypes
package import Platform
internal import Synchronization

/// An open listening socket, shared by all loops, in all plans that need its address.
///
/// Only the control thread and the routes keep it.
package final class Listener: Sendable {
    /// A number that no other listener of this process has.
    package let id: UInt64
    /// Where its socket comes from.
    package let origin: Origin
    private let socket: ListeningSocket
    private let state: Lock<Setting>
    private let isPausedFlag = Atomic<Bool>(false)

    /// Where a listener's socket comes from.
    package enum Origin: Sendable {
        /// Bound here.
        case bound
        /// Bound by an earlier process of the service, and kept by the service manager under a name.
        case stored
        /// Bound by the service manager, which keeps it open.
        case activated
    }

    /// How the socket is set up.
    private struct Setting {
        var options: ListenerOptions
        var backlog: Int
    }

    private static let lastID = Atomic<UInt64>(0)

    /// The address with the real port.
    package var address: Endpoint { socket.endpoint }
    /// Whether its port of every IPv6 address accepts clients of IPv4, too.
    package var isDualStack: Bool { socket.isDualStack }
    /// The number to watch on a loop.
    package var number: CInt { socket.number }

    /// Owns an open socket from now on.
    ///
    /// - Parameters:
    ///   - socket: the socket.
    ///   - options: how it has been set up.
    ///   - backlog: its queue.
    ///   - origin: where it comes from.
    package init(
        _ socket: consuming ListeningSocket, options: ListenerOptions, backlog: Int,
        origin: Origin = .bound
    ) {
        self.socket = socket
        self.origin = origin
        state = Lock(Setting(options: options, backlog: backlog))
        id = Listener.lastID.add(1, ordering: .relaxed).newValue
    }

    /// Whether no loop accepts from it (``Server/set(isPaused:_:)``).
    package var isPaused: Bool { isPausedFlag.load(ordering: .relaxed) }

    func set(isPaused: Bool) { isPausedFlag.store(isPaused, ordering: .relaxed) }

    func accept() -> ListeningSocket.Acceptance { socket.accept() }

    /// Removes the file of a unix socket, so that nobody can connect any more.
    func removeFile() { socket.removeFile() }

    /// Keeps the file of a unix socket at the shutdown, for the next process of the service.
    package func keepFile() { socket.keepFile() }

    /// Stops listening now, even if the listener is still referenced; not on a socket of the service manager.
    func end() { if origin != .activated { socket.stopListening() } }

    /// Allows another socket of this user on the same port, or no longer.
    func sharePort(_ isShared: Bool) throws(SystemError) { try socket.sharePort(isShared) }

    /// Applies changed options to the open socket.
    ///
    /// - Throws: the call that failed; the calls before it are in force, and none is retried.
    func adjust(to options: ListenerOptions, backlog: Int) throws(SystemError) {
        let old = state.withLock { state in
            defer { state = Setting(options: options, backlog: backlog) }
            return state
        }
        if old.backlog != backlog { try socket.setBacklog(backlog) }
        if old.options != options { try socket.apply(options, over: old.options) }
    }
}
