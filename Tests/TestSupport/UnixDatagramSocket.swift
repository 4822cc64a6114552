package import Glibc

/// unix(7) datagrams.
package enum UnixDatagramSocket {
    /// Creates a socket bound to a path, or to `@` and a name of the abstract namespace.
    package static func bind(_ path: String) throws -> CInt {
        let number = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let result = unsafe withAddress(path) { unsafe Glibc.bind(number, $0, $1) }
        guard number >= 0, result == 0 else { throw TestFailure.last("bind \(path)") }
        return number
    }

    /// Waits for a datagram; nil when the socket fails.
    ///
    /// - Returns: its bytes and the descriptor that came with it, -1 for none.
    package static func receive(_ number: CInt) -> (bytes: [UInt8], descriptor: CInt)? {
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

    /// Calls `body` with the address of a path, or of `@` and a name of the abstract namespace.
    package static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = path.hasPrefix("@") ? [0] + path.utf8.dropFirst() : Array(path.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, length)
            }
        }
    }
}
