internal import CLinux
internal import Glibc
package import NetworkTypes

/// A descriptor that this process was started with, inspected: a listening stream socket or nothing
/// to use.
package struct InheritedSocket: Sendable {
    /// Its number.
    package let number: CInt
    /// The name that its sender gave it.
    package let name: String
    /// Where it listens; nil when it is no listening stream socket of a family that is known.
    package let endpoint: Endpoint?
    /// Whether it is bound to `::` and gets the clients of IPv4, too (ipv6(7)): what systemd makes of
    /// `ListenStream=80` and `ListenStream=[::]:80` unless `BindIPv6Only=` is set.
    package let isDualStack: Bool

    /// Inspects a descriptor (getsockopt(2), getsockname(2)).
    package init(_ number: CInt, name: String) {
        self.number = number
        self.name = name
        let isListening = Self.option(number, SO_ACCEPTCONN) == 1
        let isStream = Self.option(number, SO_TYPE) == CInt(SOCK_STREAM.rawValue)
        let endpoint = isListening && isStream ? RawAddress.endpoint(of: number) : nil
        self.endpoint = endpoint
        isDualStack =
            endpoint?.isEveryIPv6 == true
            && Self.option(number, CInt(IPV6_V6ONLY), of: CInt(IPPROTO_IPV6)) == 0
    }

    /// Stops listening, for every owner of the socket, and closes it.
    package func end() {
        _ = shutdown(number, CInt(SHUT_RDWR))
        close()
    }

    /// Closes it; other owners of the socket keep listening.
    package func close() { _ = Glibc.close(number) }

    private static func option(
        _ number: CInt, _ option: CInt, of level: CInt = SOL_SOCKET
    ) -> CInt? {
        var (value, length) = (CInt(0), socklen_t(MemoryLayout<CInt>.size))
        guard unsafe getsockopt(number, level, option, &value, &length) == 0 else {
            return nil
        }
        return value
    }
}

extension RawAddress {
    /// The address that a socket is bound to, without a zone; nil for other families.
    fileprivate static func endpoint(of number: CInt) -> Endpoint? {
        let name = unsafe receive { unsafe getsockname(number, $0, $1) }
        if let address = name.address { return Endpoint(address) }
        var storage = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &length)
            }
        }
        guard result == 0, storage.sun_family == sa_family_t(AF_UNIX), length > 2 else {
            return nil
        }
        var bytes = unsafe withUnsafeBytes(of: &storage.sun_path) { path in
            unsafe Array(path.prefix(Int(length) - 2))
        }
        if bytes[0] == 0 {
            bytes[0] = UInt8(ascii: "@")
        } else {
            bytes = Array(bytes.prefix { $0 != 0 })
        }
        return UnixAddress(String(decoding: bytes, as: UTF8.self)).map { .unix($0) }
    }
}
