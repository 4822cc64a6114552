internal import CLinux
internal import Glibc
package import NetworkTypes

/// Asks the kernel which addresses are this machine's.
package enum OwnAddress {
    /// Whether an address is one of this machine's: only then it would also be the sender's
    /// (connect(2) of a datagram socket, which sends nothing, and getsockname(2)).
    ///
    /// False where the kernel does not report it.
    package static func has(_ address: IPAddress) -> Bool {
        guard address.family != .unix,
            let descriptor = try? FileDescriptor(
                socket(
                    address.family == .v4 ? AF_INET : AF_INET6,
                    CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0), from: "socket")
        else { return false }
        let number = descriptor.number
        let result = unsafe RawAddress.with(SocketAddress(address, port: 9)) {
            unsafe Glibc.connect(number, $0, $1)
        }
        guard result == 0 else { return false }
        let own = unsafe RawAddress.receive { unsafe getsockname(number, $0, $1) }.address
        return own?.ip == address
    }
}
