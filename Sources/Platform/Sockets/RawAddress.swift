internal import CLinux
internal import Glibc
internal import NetworkTypes

/// Translates between ``SocketAddress`` and the kernel's `sockaddr`.
enum RawAddress {
    /// Calls `body` with the kernel's form of an address.
    static func with<Result>(
        _ address: SocketAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var storage = sockaddr_storage()
        let length: Int
        switch address.ip.family {
        case .unix:
            preconditionFailure("the peer of a unix socket has no address")
        case .v4:
            length = MemoryLayout<sockaddr_in>.size
            unsafe withUnsafeMutableBytes(of: &storage) { bytes in
                var raw = sockaddr_in()
                raw.sin_family = sa_family_t(AF_INET)
                raw.sin_port = address.port.bigEndian
                raw.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.ip.low).bigEndian
                unsafe bytes.storeBytes(of: raw, as: sockaddr_in.self)
            }
        case .v6:
            length = MemoryLayout<sockaddr_in6>.size
            unsafe withUnsafeMutableBytes(of: &storage) { bytes in
                var raw = sockaddr_in6()
                raw.sin6_family = sa_family_t(AF_INET6)
                raw.sin6_port = address.port.bigEndian
                raw.sin6_scope_id = address.ip.zone
                unsafe bytes.storeBytes(of: raw, as: sockaddr_in6.self)
                let offset = 8  // sin6_addr follows family, port and flow label (ipv6(7)).
                unsafe bytes.storeBytes(
                    of: address.ip.high.bigEndian, toByteOffset: offset, as: UInt64.self)
                unsafe bytes.storeBytes(
                    of: address.ip.low.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
            }
        }
        return unsafe withUnsafeBytes(of: &storage) { bytes in
            let pointer = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            guard let pointer = unsafe pointer else { preconditionFailure("storage has bytes") }
            return unsafe body(pointer, socklen_t(length))
        }
    }

    /// Calls `body` with room for an address, and reads what it left there.
    ///
    /// - Returns: what `body` returned, and the address unless the family is another one.
    static func receive(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) -> (result: CInt, address: SocketAddress?) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, &length)
            }
        }
        guard result >= 0 else { return (result, nil) }
        let address = unsafe withUnsafeBytes(of: &storage) { unsafe RawAddress.address($0) }
        return (result, address)
    }

    /// Reads the kernel's form of an address; nil for another family.
    static func address(_ bytes: UnsafeRawBufferPointer) -> SocketAddress? {
        let family = unsafe bytes.load(as: sa_family_t.self)
        let port = UInt16(bigEndian: unsafe bytes.load(fromByteOffset: 2, as: UInt16.self))
        switch CInt(family) {
        case AF_INET:
            let word = unsafe bytes.load(fromByteOffset: 4, as: UInt32.self)
            return SocketAddress(IPAddress(v4: UInt32(bigEndian: word)), port: port)
        case AF_INET6:
            let high = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            let low = unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
            // Of a client of IPv4 on a socket for both families (RFC 4291, 2.5.5.2).
            if high == 0, UInt64(bigEndian: low) >> 32 == 0xFFFF {
                let word = UInt32(truncatingIfNeeded: UInt64(bigEndian: low))
                return SocketAddress(IPAddress(v4: word), port: port)
            }
            let zone = unsafe bytes.load(fromByteOffset: 24, as: UInt32.self)
            let address = IPAddress(
                v6: UInt64(bigEndian: high), UInt64(bigEndian: low), zone: zone)
            return SocketAddress(address, port: port)
        default:
            return nil
        }
    }
}
