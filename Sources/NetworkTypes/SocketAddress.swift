/// An IP address and a TCP port: one end of a connection.
///
/// A peer that came over a unix socket has neither, but a ``unixPeer``.
public struct SocketAddress: Hashable, Sendable {
    /// The address.
    public let ip: IPAddress
    /// The port, 0 to 65535; 0 means "any free one" in a listener that is still to be bound.
    public let port: UInt16

    /// Joins an address and a port.
    public init(_ ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `192.0.2.1:80`, `[2001:db8::1]:80` or `unix:pid=17,uid=1000`.
    public var description: String {
        if let unixPeer { return "unix:pid=\(unixPeer.processID),uid=\(unixPeer.userID)" }
        return ip.family == .v6 ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
