import EventLoops
import Glibc
import TestSupport

/// The other end of `NOTIFY_SOCKET`, read all the time as systemd does.
final class NotifySocket: Sendable {
    let path: String
    private let descriptor: CInt
    private let messages = Lock<[String]>([])
    private let reader = Lock<EventLoops.Thread?>(nil)

    init(path: String) throws {
        self.path = path
        descriptor = try UnixDatagramSocket.bind(path)
        let thread = try EventLoops.Thread(name: "notify") { [messages, descriptor] in
            while let datagram = UnixDatagramSocket.receive(descriptor), !datagram.isEmpty {
                messages.withLock { $0.append(String(decoding: datagram, as: UTF8.self)) }
            }
        }
        reader.withLock { $0 = thread }
    }

    deinit {
        // The reader gets an empty datagram.
        shutdown(descriptor, CInt(SHUT_RDWR))
        reader.withLock { $0 }?.join()
        close(descriptor)
    }

    /// The datagrams so far, in order.
    var datagrams: [String] { messages.withLock { $0 } }

    /// The last status.
    var status: String? {
        datagrams.last { $0.hasPrefix("STATUS=") }.map { String($0.dropFirst("STATUS=".count)) }
    }
}

/// unix(7) datagrams.
enum UnixDatagramSocket {
    static func bind(_ path: String) throws -> CInt {
        let number = make()
        let result = unsafe withAddress(path) { unsafe Glibc.bind(number, $0, $1) }
        guard number >= 0, result == 0 else { throw TestFailure.last("bind \(path)") }
        return number
    }

    /// Waits for a datagram; nil when the socket fails.
    static func receive(_ number: CInt) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(number, &buffer, buffer.count, 0)
            if count >= 0 { return Array(buffer.prefix(count)) }
            guard errno == EINTR else { return nil }
        }
    }

    private static func make() -> CInt {
        socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8))
        }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
