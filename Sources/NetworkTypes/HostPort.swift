/// A machine by name or address, and a TCP port on it: where a handler connects to.
public struct HostPort: Hashable, Sendable {
    /// The name, not resolved, or an address without brackets.
    public let host: String
    /// The port, 1 to 65535.
    public let port: UInt16

    /// Joins a name or address with a port.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `example.org:80`, `192.0.2.1:80` or `[2001:db8::1]:80`; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let digits = text[text.utf8.index(after: colon)...]
        guard digits.utf8.first != UInt8(ascii: "+"), let port = UInt16(digits), port > 0 else {
            return nil
        }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            let inner = host.dropFirst().dropLast()
            guard let address = IPAddress(inner), address.family == .v6 else { return nil }
            self.init(host: String(inner), port: port)
        } else {
            guard !host.isEmpty, host.utf8.count <= 253,
                host.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"[]:/%@".utf8.contains($0) })
            else { return nil }
            self.init(host: String(host), port: port)
        }
    }
}

extension HostPort: CustomStringConvertible {
    /// As the configuration spells it, an IPv6 address in brackets.
    public var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
