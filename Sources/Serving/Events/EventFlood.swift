package import NetworkTypes

/// Many events of one kind, host and reason or topic that were folded into one record.
package struct EventFlood: Sendable {
    /// Where they came from.
    package enum Origin: Hashable, Sendable {
        /// One network: /24 of IPv4, /64 of IPv6.
        case network(IPNetwork)
        /// Peers of unix sockets.
        case unixSockets
        /// Networks beyond the limit of those that are counted one by one.
        case others
        /// All networks: it does not depend on where clients come from.
        case anywhere

        /// The origin that a client belongs to.
        package init(_ address: IPAddress) {
            switch address.family {
            case .v4: self = .network(IPNetwork(of: address, length: 24))
            case .v6: self = .network(IPNetwork(of: address, length: 64))
            case .unix: self = .unixSockets
            }
        }
    }

    /// How many, including those that have a record of their own.
    package let count: Int
    /// Where they came from.
    package let origin: Origin

    /// Creates a flood.
    package init(count: Int, origin: Origin) {
        self.count = count
        self.origin = origin
    }
}

extension EventFlood.Origin: CustomStringConvertible {
    /// To follow "from".
    package var description: String {
        switch self {
        case .network(let network): network.description
        case .unixSockets: "unix sockets"
        case .others: "other networks"
        case .anywhere: "anywhere"
        }
    }
}
