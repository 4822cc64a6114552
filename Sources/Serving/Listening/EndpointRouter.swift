internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import TLS

/// Selects the host of each client of one endpoint, in one state of the server.
///
/// It is immutable: another state has another router.
final class EndpointRouter: Sendable {
    /// The listener that it routes.
    let listener: ListenerFacts
    private let endpoint: PlannedEndpoint
    private let names: ServerNameTable
    /// By index of the plan; nil for hosts that are down.
    private let hosts: [Host?]
    private let tags: [String]

    /// The hosts that may serve plain clients: the first one that is up does.
    private let plain: [Host]
    /// The hosts that a client may reach without a server name; none on a TLS endpoint of several hosts.
    private let reachable: [Host]
    /// Whether one of them has address lists.
    private let judgesAddresses: Bool
    /// The context of a handshake before the server name is known.
    let defaultContext: TLSContext?

    /// Shares `hosts` and `tags`, of all hosts of the plan, with the routers of other endpoints.
    init(_ opened: OpenedEndpoint, plan: ListenPlan, hosts: [Host?], tags: [String]) {
        let endpoint = opened.endpoint
        listener = ListenerFacts(
            opened.listener, isTLS: endpoint.isTLS, proxies: TrustedProxies(endpoint, plan))
        self.endpoint = endpoint
        self.hosts = hosts
        self.tags = tags
        names = ServerNameTable(endpoint: endpoint, hosts: plan.hosts)
        plain = endpoint.plainHosts(plan.hosts).compactMap { hosts[$0] }
        let only = endpoint.hosts.count == 1 ? endpoint.hosts.compactMap { hosts[$0] } : []
        reachable = endpoint.isTLS ? only : plain
        judgesAddresses = reachable.contains { $0.access != nil }
        defaultContext = endpoint.hosts.lazy.compactMap { hosts[$0]?.identity?.context }.first
    }

    /// The host that serves every client of a plain endpoint: its first one, or nobody; where that is
    /// a web host, the first one that serves.
    var plainHost: Host? { plain.first(where: \.servesPlain) }

    /// The host that serves a plain client: of several web hosts, the first one that serves and admits it.
    func plainHost(for address: IPAddress) -> Host? {
        guard judgesAddresses else { return plainHost }
        return plain.first { $0.servesPlain && $0.access?.refusal(of: address) == nil }
    }

    /// Why a client is refused when it is accepted: no host that it could reach admits it.
    ///
    /// Nil on a TLS endpoint of several hosts, where the server name decides.
    func refusal(of address: IPAddress) -> AccessRefusal? {
        guard judgesAddresses else { return nil }
        var refusal: AccessRefusal?
        for host in reachable where listener.isTLS || host.servesPlain {
            guard let reason = host.access?.refusal(of: address) else { return nil }
            refusal = refusal ?? reason
        }
        return refusal
    }

    /// The host of a server name; nil if the client is refused.
    func host(serverName: String?) -> Host? {
        guard case .host(let index) = choose(serverName) else { return nil }
        return hosts[index]
    }

    /// The owner of a name, apart from the endpoint's default.
    enum Owner {
        case nobody
        case host(Host)
        /// One that is down; nil if it did not start.
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

    /// The tag for a record about a client that no host has served: of the host that owns its server
    /// name, else of the endpoint's default.
    func tag(for serverName: String?) -> String {
        let defaultTag = endpoint.hosts.first.map { tags[$0] } ?? ""
        guard let serverName else { return defaultTag }
        return switch choose(serverName) {
        case .host(let index), .refuse(let index?): tags[index]
        case .refuse(nil): defaultTag
        }
    }

    /// Why a client with this server name is refused.
    func refusal(of serverName: String?) -> CloseReason {
        names.isDown(serverName, isUp: isUp) ? .hostDown : .unrecognizedName
    }

    private func choose(_ serverName: String?) -> ServerNameTable.Choice {
        names.choose(serverName, isUp: isUp)
    }

    private func isUp(_ index: Int) -> Bool { hosts[index].map { !$0.isTakenDown } ?? false }
}
