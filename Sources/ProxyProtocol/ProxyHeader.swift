package import NetworkTypes

/// The header of the PROXY protocol, with which a load balancer says whose connection it passes on.
///
/// Source: "The PROXY protocol, versions 1 & 2" of haproxy.
package struct ProxyHeader: Hashable, Sendable {
    /// The two ends of the connection that is passed on.
    package struct Addresses: Hashable, Sendable {
        /// The client.
        package let source: SocketAddress
        /// What the client connected to.
        package let destination: SocketAddress

        /// Joins both ends.
        package init(source: SocketAddress, destination: SocketAddress) {
            (self.source, self.destination) = (source, destination)
        }
    }

    /// A field of version 2, which says more about the client.
    package struct Field: Hashable, Sendable {
        /// The type, such as 0x02 for the server name that the client asked for.
        package let type: UInt8
        /// Its bytes, 65,535 at most.
        package let value: [UInt8]

        /// Padding, which says nothing.
        static let padding: UInt8 = 0x04
        /// The CRC-32C of the header.
        static let checksum: UInt8 = 0x03
    }

    /// The longest header of version 1, with its line end.
    package static let textLimit = 107
    /// How many bytes of a header of version 2 say how long it is.
    package static let prefixLength = 16

    /// 1 or 2.
    package let version: Int
    /// Nil for a connection of the balancer's own, such as a health check (`LOCAL`), and for a client without an IP
    /// address (`UNKNOWN`): then the connection's own addresses are valid.
    package let addresses: Addresses?
    /// All of version 2 but padding and the checksum, in their order.
    package let fields: [Field]

    init(version: Int, _ addresses: Addresses?, fields: [Field] = []) {
        (self.version, self.addresses, self.fields) = (version, addresses, fields)
    }
}

/// What is wrong with a header; no capital, no full stop.
package struct ProxyHeaderError: Error, Hashable, CustomStringConvertible {
    /// A sentence without its full stop.
    package let description: String

    package init(_ description: String) { self.description = description }
}
