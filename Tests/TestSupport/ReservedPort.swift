internal import Glibc

/// A port on 127.0.0.1 and ::1 that nobody gets by chance, for what two hosts are to share.
///
/// Bound but not listening, with SO_REUSEADDR: a server that sets it too can bind here, while the
/// kernel gives the port to nobody who asks for any.
package final class ReservedPort: Sendable {
    /// Its number.
    package let number: UInt16
    private let sockets: [CInt]
    /// Its socket on 127.0.0.1.
    package var descriptor: CInt { sockets[0] }

    /// Reserves a port.
    ///
    /// - Parameter isListening: whether it is taken for good, so that nobody else can listen.
    /// - Throws: when no port is free.
    package init(isListening: Bool = false) throws {
        for _ in 0..<50 {
            let first = try ReservedPort.bound(AF_INET, port: 0)
            guard let first else { continue }
            let port = ReservedPort.port(of: first)
            if let second = try ReservedPort.bound(AF_INET6, port: port) {
                (number, sockets) = (port, [first, second])
                if isListening { for socket in sockets { listen(socket, 1) } }
                return
            }
            close(first)
        }
        throw TestFailure("no port is free on both 127.0.0.1 and ::1")
    }

    deinit { for socket in sockets { close(socket) } }

    private static func bound(_ family: CInt, port: UInt16) throws -> CInt? {
        let number = socket(family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw TestFailure.last("socket") }
        var one: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        _ = unsafe setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, size)
        let result = unsafe LoopbackAddress(family, port: port).withPointer {
            unsafe bind(number, $0, $1)
        }
        if result == 0 { return number }
        close(number)
        return nil
    }

    /// The port of a socket on this side (getsockname(2)).
    static func port(of number: CInt) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &size)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
