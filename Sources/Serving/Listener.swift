package import EventLoops
package import NetworkTypes
internal import Synchronization

/// An open listening socket, shared by all loops, over all plans that want its address.
///
/// Only the control plane and the acceptors keep it: it closes with its last reference.
package final class Listener: Sendable {
    /// A number that no other listener of this process has.
    let id: UInt64
    private let socket: ListeningSocket

    private static let lastID = Atomic<UInt64>(0)

    /// The address with the real port.
    package var address: Endpoint { socket.endpoint }
    /// The number to watch on a loop.
    var number: CInt { socket.number }

    /// Takes over an open socket.
    package init(_ socket: consuming ListeningSocket) {
        self.socket = socket
        id = Listener.lastID.add(1, ordering: .relaxed).newValue
    }

    func accept() -> ListeningSocket.Acceptance { socket.accept() }

    /// Removes the file of a unix socket, so that nobody comes any more.
    func removeFile() { socket.removeFile() }
}
