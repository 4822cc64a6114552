internal import Configuration
internal import Planning
internal import TLS

/// Picks the host of each client of one endpoint, as one state of the server has them.
///
/// Never changes: another state has another router.
final class EndpointRouter: Sendable {
    /// The listener that it routes.
    let listener: ListenerFacts
    private let endpoint: PlannedEndpoint
    private let names: ServerNameTable
    /// By index of the plan; nil for hosts that do not serve.
    private let hosts: [Host?]
    private let tags: [String]

    private let plain: Host?
    /// What a handshake begins with, before the client's name is known.
    let defaultContext: TLSContext?

    /// Shares `hosts` and `tags`, of all hosts of the plan, with the routers of other endpoints.
    init(_ opened: OpenedEndpoint, plan: ListenPlan, hosts: [Host?], tags: [String]) {
        let endpoint = opened.endpoint
        listener = ListenerFacts(opened.listener, isTLS: endpoint.isTLS)
        self.endpoint = endpoint
        self.hosts = hosts
        self.tags = tags
        names = ServerNameTable(endpoint: endpoint, hosts: plan.hosts)
        switch endpoint.choosePlain(isUp: { hosts[$0] != nil }) {
        case .host(let index): plain = hosts[index]
        case .refuse: plain = nil
        }
        defaultContext = endpoint.hosts.lazy.compactMap { hosts[$0]?.identity?.context }.first
    }

    /// The host that serves every client of a plain endpoint: its first one, or nobody.
    var plainHost: Host? { plain.flatMap { $0.isTakenDown ? nil : $0 } }

    /// The host of a TLS client that asks for a name; nil when it is to be refused.
    func host(serverName: String?) -> Host? {
        guard case .host(let index) = choose(serverName) else { return nil }
        return hosts[index]
    }

    /// The tag that a record about a client carries that no host has served: of the host that its
    /// name belongs to, else of the endpoint's default.
    func tag(for serverName: String?) -> String {
        let defaultTag = endpoint.hosts.first.map { tags[$0] } ?? ""
        guard let serverName else { return defaultTag }
        return switch choose(serverName) {
        case .host(let index), .refuse(let index?): tags[index]
        case .refuse(nil): defaultTag
        }
    }

    private func choose(_ serverName: String?) -> ServerNameTable.Choice {
        names.choose(serverName) { hosts[$0].map { !$0.isTakenDown } ?? false }
    }
}
