internal import Glibc

/// An address of this machine with a port, as the kernel wants it.
struct LoopbackAddress {
    private var storage = sockaddr_storage()
    private let size: Int

    /// ::1, or 127.0.0.1 with another last number.
    init(_ family: CInt, port: UInt16, number: UInt8 = 1) {
        if family == AF_INET6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = in6addr_loopback
            size = MemoryLayout<sockaddr_in6>.size
            unsafe withUnsafeMutableBytes(of: &storage) { raw in
                unsafe withUnsafeBytes(of: address) { unsafe raw.copyMemory(from: $0) }
            }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = (0x7f00_0000 | UInt32(number)).bigEndian
            size = MemoryLayout<sockaddr_in>.size
            unsafe withUnsafeMutableBytes(of: &storage) { raw in
                unsafe withUnsafeBytes(of: address) { unsafe raw.copyMemory(from: $0) }
            }
        }
    }

    func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(size))
            }
        }
    }
}
