package import Configuration
package import NetworkTypes

/// Identifies the same socket in two plans.
package enum EndpointKey: Hashable, Sendable {
    /// An address with a port, or a unix socket, which are unique.
    case fixed(Endpoint)
    /// A free port that the kernel picks, identified by its host's section and a number within the host.
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
