package import Configuration
package import NetworkTypes

/// What makes an endpoint of one plan the same socket as an endpoint of another plan.
package enum EndpointKey: Hashable, Sendable {
    /// An address with a port, or a unix socket: there is only one.
    case fixed(Endpoint)
    /// A free port of the kernel's choice: that of a host, by its section. The ordinal
    /// counts those of one host.
    case free(Endpoint, isTLS: Bool, section: SectionID, ordinal: Int)
}

extension ListenPlan {
    /// The keys of all endpoints, in their order.
    package var endpointKeys: [EndpointKey] {
        var counts: [EndpointKey: Int] = [:]
        return endpoints.map { endpoint in
            guard endpoint.address.port == 0 else { return .fixed(endpoint.address) }
            let section = endpoint.hosts.first.map { hosts[$0].id } ?? SectionID("")
            func key(_ ordinal: Int) -> EndpointKey {
                .free(
                    endpoint.address, isTLS: endpoint.isTLS, section: section, ordinal: ordinal)
            }
            let ordinal = counts[key(0), default: 0]
            counts[key(0)] = ordinal + 1
            return key(ordinal)
        }
    }
}
