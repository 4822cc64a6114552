package import NetworkTypes
package import Platform
internal import Synchronization

/// An open listening socket, shared by all loops, over all plans that want its address.
///
/// Only the control plane and the acceptors keep it.
package final class Listener: Sendable {
    /// A number that no other listener of this process has.
    let id: UInt64
    /// Who else has the socket.
    package let origin: Origin
    private let socket: ListeningSocket
    private let state: Lock<Setting>

    /// Where a listener's socket comes from.
    package enum Origin: Sendable {
        /// Bound here.
        case bound
        /// Bound by an earlier process of the service, and kept by the service manager under a name.
        case stored
        /// Bound by the service manager, which keeps it whatever happens here.
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
    /// Whether clients of IPv4 come to its port of every IPv6 address, too.
    package var isDualStack: Bool { socket.isDualStack }
    /// The number to watch on a loop.
    package var number: CInt { socket.number }

    /// Takes over an open socket.
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

    func accept() -> ListeningSocket.Acceptance { socket.accept() }

    /// Removes the file of a unix socket, so that nobody comes any more.
    func removeFile() { socket.removeFile() }

    /// Leaves the file of a unix socket at the end, for the next process of the service.
    package func keepFile() { socket.keepFile() }

    /// Ends the listening now, whoever still keeps the listener; but not that of the service manager.
    func end() { if origin != .activated { socket.stopListening() } }

    /// Lets another socket of this user have the port as well, or no longer.
    func sharePort(_ isShared: Bool) throws(SystemError) { try socket.sharePort(isShared) }

    /// Sets the open socket up anew, as far as it is to be different.
    ///
    /// - Throws: the call that failed; what came before it is done, and is not tried again.
    func adjust(to options: ListenerOptions, backlog: Int) throws(SystemError) {
        let old = state.withLock { state in
            defer { state = Setting(options: options, backlog: backlog) }
            return state
        }
        if old.backlog != backlog { try socket.setBacklog(backlog) }
        if old.options != options { try socket.apply(options, over: old.options) }
    }
}
