package import NetworkTypes

/// Many events of one kind, host and reason or topic that were not told one by one.
package struct EventFlood: Sendable {
    /// Where they came from.
    package enum Origin: Hashable, Sendable {
        /// One network: /24 of IPv4, /64 of IPv6.
        case network(IPNetwork)
        /// Peers of unix sockets.
        case unixSockets
        /// More networks than are told apart.
        case others
        /// All networks: it has nothing to do with where clients come from.
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

    /// How many, those that were told before included.
    package let count: Int
    /// Where they came from.
    package let origin: Origin

    /// Joins a number with its origin.
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
