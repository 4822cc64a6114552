internal import Configuration
internal import HandlerAPI
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

    /// The hosts that may serve plain clients: the first that is not taken down does.
    private let plain: [Host]
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
        plain = endpoint.plainHosts(plan.hosts).compactMap { hosts[$0] }
        defaultContext = endpoint.hosts.lazy.compactMap { hosts[$0]?.identity?.context }.first
    }

    /// The host that serves every client of a plain endpoint: its first one, or nobody; where that is
    /// a web host, the first one that serves.
    var plainHost: Host? { plain.first(where: \.servesPlain) }

    /// The host of a TLS client that asks for a name; nil when it is to be refused.
    func host(serverName: String?) -> Host? {
        guard case .host(let index) = choose(serverName) else { return nil }
        return hosts[index]
    }

    /// Whom a name belongs to, the endpoint's default apart.
    enum Owner {
        case nobody
        case host(Host)
        /// One that does not serve: it is down, or was taken down.
        case down(Host?)
    }

    /// The host that has a name of its own, or by a wildcard.
    func owner(of name: Span<UInt8>) -> Owner {
        // Where one host is alone, every name is its own.
        guard endpoint.hosts.count + endpoint.disabledHosts.count > 1,
            let choice = names.owner(
                of: String(copying: name), isUp: { hosts[$0] != nil })
        else { return .nobody }
        switch choice {
        case .refuse(let index):
            return .down(index.flatMap { hosts[$0] })
        case .host(let index):
            guard let host = hosts[index],
                endpoint.isTLS ? !host.isTakenDown : host.servesPlain
            else { return .down(hosts[index]) }
            return .host(host)
        }
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

    /// Why a client that asks for a name gets no host.
    func refusal(of serverName: String?) -> CloseReason {
        names.isDown(serverName, isUp: isUp) ? .hostDown : .unrecognizedName
    }

    private func choose(_ serverName: String?) -> ServerNameTable.Choice {
        names.choose(serverName, isUp: isUp)
    }

    private func isUp(_ index: Int) -> Bool { hosts[index].map { !$0.isTakenDown } ?? false }
}
