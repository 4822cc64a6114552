internal import Glibc

/// A program that has a reserved port of 127.0.0.1 until it is gone.
package final class ForeignListener: Sendable {
    private let socket: CInt

    /// Listens.
    package init(_ port: ReservedPort) throws {
        socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        _ = unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, size)
        let result = unsafe LoopbackAddress(AF_INET, port: port.number).withPointer {
            unsafe bind(socket, $0, $1)
        }
        guard result == 0, listen(socket, 1) == 0 else { throw TestFailure.last("listen") }
    }

    deinit { close(socket) }
}
