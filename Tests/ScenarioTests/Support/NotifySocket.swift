import Glibc
import Platform
import TestSupport

/// The other end of `NOTIFY_SOCKET`, read all the time as systemd does.
final class NotifySocket: Sendable {
    let path: String
    private let descriptor: CInt
    private let messages = Lock<[String]>([])
    private let store: DescriptorStore
    private let reader = Lock<Platform.Thread?>(nil)

    init(path: String, storesDescriptors: Bool = true) throws {
        self.path = path
        store = DescriptorStore(hasRoom: storesDescriptors)
        descriptor = try UnixDatagramSocket.bind(path)
        let thread = try Platform.Thread(name: "notify") { [messages, descriptor, store] in
            while let (bytes, passed) = UnixDatagramSocket.receive(descriptor), !bytes.isEmpty {
                let text = String(decoding: bytes, as: UTF8.self)
                store.take(text, passed)
                messages.withLock { $0.append(text) }
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

    /// What systemd would pass to the next process.
    var stored: [DescriptorStore.Entry] { store.entries }

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
    ///
    /// - Returns: its bytes and the descriptor that came with it, -1 for none.
    static func receive(_ number: CInt) -> (bytes: [UInt8], descriptor: CInt)? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // A header of 16 bytes and one descriptor (cmsg(3)).
        var control = [UInt8](repeating: 0, count: 64)
        while true {
            var (count, length) = (0, 0)
            unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe control.withUnsafeMutableBytes { extra in
                    var part = unsafe iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                    unsafe withUnsafeMutablePointer(to: &part) { part in
                        var message = unsafe msghdr()
                        unsafe message.msg_iov = part
                        unsafe message.msg_iovlen = 1
                        unsafe message.msg_control = extra.baseAddress
                        unsafe message.msg_controllen = extra.count
                        count = unsafe recvmsg(number, &message, CInt(MSG_CMSG_CLOEXEC))
                        length = unsafe message.msg_controllen
                    }
                }
            }
            if count >= 0 {
                let passed = unsafe control.withUnsafeBytes {
                    length >= 20 ? unsafe $0.load(fromByteOffset: 16, as: CInt.self) : -1
                }
                return (Array(buffer.prefix(count)), passed)
            }
            guard errno == EINTR else { return nil }
        }
    }

    private static func make() -> CInt {
        socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    static func withAddress(
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
