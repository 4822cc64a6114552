internal import Glibc
internal import Platform

/// Another program that listens on a reserved port of 127.0.0.1, until ``close()`` or its last reference.
package final class ForeignListener: Sendable {
    private let socket: Lock<CInt>

    /// Listens.
    package init(_ port: ReservedPort) throws {
        let number = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        socket = Lock(number)
        var one: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        _ = unsafe setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, size)
        let result = unsafe LoopbackAddress(AF_INET, port: port.number).withPointer {
            unsafe bind(number, $0, $1)
        }
        guard result == 0, listen(number, 1) == 0 else { throw TestFailure.last("listen") }
    }

    deinit { close() }

    /// Frees the port.
    package func close() {
        socket.withLock { number in
            if number >= 0 { Glibc.close(number) }
            number = -1
        }
    }
}
