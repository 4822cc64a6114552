internal import Configuration
internal import EventLoops
package import NetworkTypes
package import Planning

/// A plan whose listening sockets are open, as far as the machine allowed.
package struct OpenedPlan: Sendable {
    /// The plan.
    package let plan: ListenPlan
    /// What became of each host of the plan.
    package let states: [HostState]
    /// The endpoints that at least one serving host needs.
    package let endpoints: [OpenedEndpoint]

    /// Binds the endpoints of all hosts that are up.
    ///
    /// A host that misses one of its endpoints is left out, with ``HostTrouble/Kind/address``; an
    /// endpoint whose hosts are all left out is closed again.
    package init(_ plan: ListenPlan, states: [HostState], backlog: Int) {
        var states = states
        var opened: [OpenedEndpoint] = []
        for (index, endpoint) in plan.endpoints.enumerated() {
            guard endpoint.hosts.contains(where: { states[$0].host != nil }) else { continue }
            do {
                let socket = try ListeningSocket(on: endpoint.address, backlog: backlog)
                opened.append(OpenedEndpoint(index: index, endpoint: endpoint, socket: socket))
            } catch {
                for host in endpoint.hosts where states[host].host != nil {
                    states[host] = .down(
                        OpenedPlan.trouble(error, endpoint, host: plan.hosts[host]))
                }
            }
        }
        self.plan = plan
        self.states = states
        endpoints = opened.filter { opened in
            opened.endpoint.hosts.contains { states[$0].host != nil }
        }
    }

    private static func trouble(
        _ error: SystemError, _ endpoint: PlannedEndpoint, host: HostSettings
    ) -> HostTrouble {
        let port = endpoint.isTLS ? host.tlsPort?.location : host.plainPort?.location
        let message =
            switch error.kind {
            case .addressNotHere: "address \(endpoint.address.ip) is not on this machine"
            case .portTaken: "\(endpoint.address) is in use by another program"
            case .notPermitted:
                "\(endpoint.address) needs the capability CAP_NET_BIND_SERVICE"
            case .other: "cannot listen on \(endpoint.address): \(error)"
            }
        let address = host.addresses.first { $0.value == endpoint.address.ip }?.location
        let place = error.kind == .addressNotHere ? address ?? port : port
        return HostTrouble(.address, message, at: place ?? endpoint.location)
    }
}

/// One open listening socket of a plan.
package final class OpenedEndpoint: Sendable {
    /// The endpoint's index in the plan.
    package let index: Int
    /// What the plan says of it.
    package let endpoint: PlannedEndpoint
    let socket: ListeningSocket

    /// The address with the real port.
    package var address: SocketAddress { socket.address }

    init(index: Int, endpoint: PlannedEndpoint, socket: consuming ListeningSocket) {
        self.index = index
        self.endpoint = endpoint
        self.socket = socket
    }
}
