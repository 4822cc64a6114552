public import NetworkTypes

/// The listener that accepted a client.
public struct ListenerInfo: Hashable, Identifiable, Sendable {
    /// A number that no other listener of this process has; a listener keeps it over reloads.
    public let id: Int
    /// Where it listens; a unix socket has no address.
    public let address: SocketAddress
    /// Whether clients speak TLS from their first byte.
    public let isTLS: Bool

    package init(id: Int, address: SocketAddress, isTLS: Bool) {
        self.id = id
        self.address = address
        self.isTLS = isTLS
    }
}

extension ListenerInfo: CustomStringConvertible {
    /// `192.0.2.1:443 ssl`.
    public var description: String { isTLS ? "\(address) ssl" : "\(address)" }
}
