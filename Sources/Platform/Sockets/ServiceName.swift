internal import Glibc

/// The names of TCP services in `/etc/services`.
package enum ServiceName {
    /// The longest entry that is read, in bytes.
    private static let sizeLimit = 4_096

    /// The TCP port of a service (getservbyname_r(3)); nil for an unknown name.
    package static func port(of name: String) -> UInt16? {
        var entry = unsafe servent()
        var buffer = [CChar](repeating: 0, count: sizeLimit)
        var found: UnsafeMutablePointer<servent>?
        let code = unsafe getservbyname_r(name, "tcp", &entry, &buffer, buffer.count, &found)
        guard code == 0, unsafe found != nil else { return nil }
        return UInt16(truncatingIfNeeded: unsafe entry.s_port).byteSwapped
    }
}
