internal import NetworkTypes
internal import Planning
internal import Platform

/// The listeners that are open, for the endpoints of the next plan.
struct OpenListeners {
    private var byKey: [EndpointKey: Listener] = [:]
    private var byPort: [UInt16: [Listener]] = [:]
    private let inherited: InheritedListeners

    /// Collects the listeners of some states (of two for one endpoint, that of the first), and those
    /// that the process was started with.
    init(_ states: [OpenedPlan], _ inherited: InheritedListeners) {
        self.inherited = inherited
        for state in states {
            let keys = state.plan.endpointKeys
            for endpoint in state.endpoints where byKey[keys[endpoint.index]] == nil {
                byKey[keys[endpoint.index]] = endpoint.listener
                guard let port = endpoint.address.port else { continue }
                byPort[port, default: []].append(endpoint.listener)
            }
        }
    }

    /// The listener that is open for an endpoint, or a new one.
    ///
    /// Nothing is closed before everything is open. Where a plan goes from one address to all addresses
    /// of a port, or back, both are open for a moment, which the kernel allows to sockets of one user
    /// with `SO_REUSEPORT` (socket(7)).
    func listener(
        for endpoint: PlannedEndpoint, _ key: EndpointKey, backlog: Int
    ) throws(SystemError) -> Listener {
        if let open = byKey[key] { return open }
        if let found = try? inherited.listener(for: endpoint, key, backlog: backlog) {
            return found
        }
        let overlapping = endpoint.address.port.map { byPort[$0] ?? [] } ?? []
        let inTheWay = overlapping.filter { $0.address.overlaps(endpoint.address) }
        for listener in inTheWay { try listener.sharePort(true) }
        defer { for listener in inTheWay { try? listener.sharePort(false) } }
        return Listener(
            try ListeningSocket(
                on: endpoint.address, options: endpoint.options, backlog: backlog,
                sharesPort: !inTheWay.isEmpty), options: endpoint.options, backlog: backlog)
    }
}

extension Endpoint {
    /// Whether one of two addresses is every address of its family, and the port is the same.
    fileprivate func overlaps(_ other: Endpoint) -> Bool {
        guard let mine = socketAddress, let others = other.socketAddress else { return false }
        return mine.port == others.port && mine.ip.family == others.ip.family
            && (mine.ip.isWildcard || others.ip.isWildcard)
    }
}
