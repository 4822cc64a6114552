internal import CLinux
internal import Glibc
internal import NetworkTypes

extension RawAddress {
    /// Calls `body` with the kernel's form of an endpoint.
    ///
    /// - Throws: `if_nametoindex` when there is no interface of the zone's name.
    static func with(
        _ endpoint: Endpoint, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws(SystemError) -> CInt {
        switch endpoint {
        case .tcp(let address, let zone):
            let ip = address.ip
            guard let zone else { return unsafe with(address, body) }
            let index = try interfaceIndex(zone)
            let zoned = IPAddress(v6: ip.high, ip.low, zone: index)
            return unsafe with(SocketAddress(zoned, port: address.port), body)
        case .unix(let address):
            return unsafe with(address, body)
        }
    }

    /// Calls `body` with the kernel's form of a unix address (unix(7)).
    static func with<Result>(
        _ address: UnixAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var storage = sockaddr_storage()
        var bytes = Array(address.name.utf8)
        // An abstract name begins with a zero and ends with the length, a path with a zero.
        if address.isAbstract { bytes[0] = 0 } else { bytes.append(0) }
        let length = 2 + bytes.count
        unsafe withUnsafeMutableBytes(of: &storage) { raw in
            unsafe raw.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
            for (index, byte) in bytes.enumerated() { unsafe raw[2 + index] = byte }
        }
        return unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(length))
            }
        }
    }

    /// The number of an interface, by its name or its number (if_nametoindex(3)).
    private static func interfaceIndex(_ zone: String) throws(SystemError) -> UInt32 {
        let index = unsafe if_nametoindex(zone)
        if index != 0 { return index }
        guard let number = UInt32(zone), number != 0 else { throw .last("if_nametoindex") }
        return number
    }
}
