internal import Glibc
internal import Platform

/// A TCP connection.
package final class PlainClient: TestClient, Sendable {
    private let socket: Lock<CInt>
    /// Its socket, -1 once closed.
    package var descriptor: CInt { socket.withLock { $0 } }

    /// Its own port, of IPv4; 0 once closed.
    package var localPort: UInt16 { ReservedPort.port(of: descriptor) }

    /// Connects.
    ///
    /// - Parameters:
    ///   - address: 127.0.0.1 or ::1.
    ///   - port: the server's port.
    ///   - receiveBuffer: the size of the kernel's receive buffer, its default where nil.
    ///   - source: the last number of the address that it connects from, 127.0.0.1 where nil.
    /// - Throws: the call that failed.
    package init(
        to address: String, port: UInt16, receiveBuffer: CInt? = nil, from source: UInt8? = nil
    ) throws {
        let family = address == "::1" ? AF_INET6 : AF_INET
        let number = Glibc.socket(family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw TestFailure.last("socket") }
        socket = Lock(number)
        if let receiveBuffer { PlainClient.set(number, SO_RCVBUF, receiveBuffer) }
        if let source {
            let own = LoopbackAddress(AF_INET, port: 0, number: source)
            guard unsafe own.withPointer({ unsafe Glibc.bind(number, $0, $1) }) == 0 else {
                throw TestFailure.last("bind")
            }
        }
        guard PlainClient.connect(number, to: LoopbackAddress(family, port: port)) == 0 else {
            throw TestFailure.last("connect to \(address) port \(port)")
        }
        _ = fcntl(number, F_SETFL, O_NONBLOCK)
    }

    deinit { close() }

    package func sendNow(_ bytes: ArraySlice<UInt8>) throws -> Int {
        let count = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }
        guard count < 0 else { return count }
        guard errno == EAGAIN || errno == EINTR else { throw TestFailure.last("send") }
        return 0
    }

    package func receiveNow() throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        guard count < 0 else { return Array(bytes.prefix(count)) }
        guard errno == EAGAIN || errno == EINTR else { throw TestFailure.last("recv") }
        return nil
    }

    package func endOutput() { _ = shutdown(descriptor, CInt(SHUT_WR)) }

    package func close() {
        socket.withLock { number in
            if number >= 0 { Glibc.close(number) }
            number = -1
        }
    }

    /// Closes with a reset instead of a goodbye.
    package func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &linger,
            socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    private static func set(_ number: CInt, _ option: CInt, _ value: CInt) {
        var value = value
        _ = unsafe setsockopt(
            number, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    private static func connect(_ number: CInt, to address: LoopbackAddress) -> CInt {
        unsafe address.withPointer { unsafe Glibc.connect(number, $0, $1) }
    }
}
