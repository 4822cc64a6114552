public import NetworkTypes

/// The load balancer that passed a client on with a header of the PROXY protocol (`ProxyProtocol`).
public struct Via: Hashable, Sendable {
    /// The address of the load balancer, as the socket has it.
    public let address: SocketAddress
    /// What the header says besides the addresses, in its order.
    public let fields: [Field]

    /// A field of a header of version 2: "PP2_TYPE" in the specification of haproxy.
    public struct Field: Hashable, Sendable {
        /// The type: 0x01 for the application protocol, 0x02 for the server name, 0x20 for TLS, 0xE0 to 0xEF for what
        /// the balancer's operator has chosen.
        public let type: UInt8
        /// Its bytes, 65,535 at most.
        public let value: [UInt8]

        package init(type: UInt8, value: [UInt8]) { (self.type, self.value) = (type, value) }
    }

    package init(address: SocketAddress, fields: [Field]) {
        (self.address, self.fields) = (address, fields)
    }
}
