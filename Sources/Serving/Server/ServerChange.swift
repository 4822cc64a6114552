internal import Configuration
internal import Planning

/// The steps of the loops from one state of the server to the next.
struct ServerChange: Sendable {
    /// Every listener of the new state, with the router of its clients.
    let routes: [(listener: Listener, router: EndpointRouter)]
    /// Listeners that are not in the new state.
    let closed: [Listener]
    /// The hosts of the old state that are not in the new one.
    let gone: [Host]
    /// The same, grouped by their drain period.
    let retired: [HostRetirement]

    /// Compares two states and builds the tables of all routers, which takes a while for many names.
    init(from old: OpenedPlan, to new: OpenedPlan, limits: Limits) {
        let hosts = new.states.map(\.host)
        let tags = new.plan.hosts.map(\.tag)
        routes = new.endpoints.map {
            ($0.listener, EndpointRouter($0, plan: new.plan, hosts: hosts, tags: tags))
        }
        let kept = Set(new.endpoints.map(\.listener.id))
        closed = old.endpoints.map(\.listener).filter { !kept.contains($0.id) }
        let accounts = Set(hosts.compactMap { $0.map { ObjectIdentifier($0.account) } })
        gone = old.states.compactMap(\.host).filter {
            !accounts.contains(ObjectIdentifier($0.account))
        }
        retired = HostRetirement.groups(of: gone, limits: limits)
    }
}
