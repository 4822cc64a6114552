package import NetworkTypes

/// A number of events of one kind, host and reason or topic that were folded.
package struct EventFlood: Sendable {
    /// The origin of the events.
    package enum Origin: Hashable, Sendable {
        /// One network: /24 of IPv4, /64 of IPv6.
        case network(IPNetwork)
        /// Peers of unix sockets.
        case unixSockets
        /// Networks beyond the maximum number of windows.
        case others
        /// Any network: the topic has nothing to do with the network.
        case anywhere

        /// The origin of a client.
        package init(_ address: IPAddress) {
            switch address.family {
            case .v4: self = .network(IPNetwork(of: address, length: 24))
            case .v6: self = .network(IPNetwork(of: address, length: 64))
            case .unix: self = .unixSockets
            }
        }
    }

    /// The number of events, including those that were logged one by one.
    package let count: Int
    /// The origin of the events.
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
