package import Configuration
package import NetworkTypes

/// Why a client would be served as it would: what `icshostd explain` prints.
///
/// It asks what the daemon asks: the ``ListenPlan``, its ``ServerNameTable`` and whether hosts are
/// up.
package struct Explanation {
    /// What the client does.
    package struct Client {
        /// Where it connects to.
        package var target: Endpoint
        /// Where it comes from, nil for anywhere.
        package var origin: IPAddress?
        /// The name it asks for in its TLS handshake.
        package var serverName: String?
        /// The protocol it offers in its TLS handshake.
        package var applicationProtocol: String?

        /// Describes a client.
        package init(
            target: Endpoint, origin: IPAddress?, serverName: String?,
            applicationProtocol: String?
        ) {
            self.target = target
            self.origin = origin
            self.serverName = serverName
            self.applicationProtocol = applicationProtocol
        }
    }

    /// What becomes of the client.
    package enum Outcome: String {
        case served
        case refused
        /// No listener would get it.
        case unreachable
    }

    /// One thing that holds for the client, or one that was not chosen.
    package struct Fact {
        /// What it is about: a word, a key, a host or a listener.
        package let name: String
        /// What holds, or why it was not chosen.
        package let value: String
        /// The line that decided it, nil for a default.
        package let location: SourceLocation?
    }

    /// What becomes of the client.
    package private(set) var outcome = Outcome.unreachable
    /// What holds for it, in the order in which it was decided.
    package private(set) var facts: [Fact] = []
    /// What does not, and why.
    package private(set) var notChosen: [Fact] = []

    private let plan: ListenPlan
    private let client: Client
    private let keys: KeyLookup
    private let troubles: [Int: String]

    private static let serverKeys = [
        "ListenBacklog", "MaxClients", "HandshakeTimeout", "DrainTimeout", "Banner",
    ]
    private static let tlsKeys = [
        "SslCert", "SslKey", "SslInter", "SslSecLevel", "SslCipherList12", "SslCipherList13",
        "SslCryptoGroups", "CliCertMethod", "CliCertCA", "CliCertCRL", "SslUnknownName",
    ]

    /// Follows a client through a plan.
    ///
    /// - Parameters:
    ///   - client: what it does.
    ///   - plan: where which hosts listen.
    ///   - keys: where the keys stand.
    ///   - troubles: why hosts are left out, by index of the plan.
    package init(_ client: Client, _ plan: ListenPlan, keys: KeyLookup, troubles: [Int: String]) {
        self.client = client
        self.plan = plan
        self.keys = keys
        self.troubles = troubles
        guard let index = reachedEndpoint() else { return }
        let endpoint = plan.endpoints[index]
        let choice: ServerNameTable.Choice
        if endpoint.isTLS {
            let table = ServerNameTable(endpoint: endpoint, hosts: plan.hosts)
            choice = table.choose(client.serverName, isUp: isUp)
            add("chosen by", reason(table.match(client.serverName)))
        } else {
            choice = endpoint.choosePlain(isUp: isUp)
            add("chosen by", "being the first on a plain listener", endpoint.location)
        }
        conclude(choice, endpoint)
    }

    private func isUp(_ host: Int) -> Bool { plan.hosts[host].isEnabled && troubles[host] == nil }

    private mutating func add(_ name: String, _ value: String, _ place: SourceLocation? = nil) {
        facts.append(Fact(name: name, value: value, location: place))
    }

    private mutating func reachedEndpoint() -> Int? {
        let index = plan.endpoint(reachedBy: client.target)
        for (other, endpoint) in plan.endpoints.enumerated() where other != index {
            notChosen.append(
                Fact(
                    name: "listener \(endpoint.address)", value: whyNot(endpoint),
                    location: endpoint.location))
        }
        guard let index else { return nil }
        let endpoint = plan.endpoints[index]
        let ssl = endpoint.isTLS ? " ssl" : ""
        add("listener", "\(endpoint.address)\(ssl)", endpoint.location)
        if let origin = client.origin, origin.family != client.target.socketAddress?.ip.family {
            add("unreachable", "\(origin) cannot connect to \(client.target): not of one family")
            return nil
        }
        if let device = endpoint.options.device {
            add("only through", device, endpoint.optionPlace(.device, plan))
        }
        return index
    }

    private func whyNot(_ endpoint: PlannedEndpoint) -> String {
        if endpoint.address.port == 0 { return "its port is not known before it is open" }
        guard let target = client.target.socketAddress else { return "another address" }
        return endpoint.address.port == target.port ? "another address" : "another port"
    }

    private func reason(_ match: ServerNameTable.Match?) -> String {
        let name = (client.serverName ?? "").quoted
        return switch match {
        case .exact: "its name \(name)"
        case .wildcard: "a wildcard that stands for \(name)"
        case .any: "Hosts=*"
        case .fallback where client.serverName == nil:
            "being the default of the listener: the client asks for no name"
        case .fallback: "being the default of the listener: nobody has \(name)"
        case .rejected where client.serverName == nil:
            "SslUnknownName=reject: the client asks for no name"
        case .rejected: "SslUnknownName=reject: nobody has \(name)"
        case nil: "nobody"
        }
    }

    private mutating func conclude(_ choice: ServerNameTable.Choice, _ endpoint: PlannedEndpoint) {
        let chosen: Int?
        switch choice {
        case .host(let host): (outcome, chosen) = (.served, host)
        case .refuse(let host): (outcome, chosen) = (.refused, host)
        }
        for host in endpoint.hosts + endpoint.disabledHosts where host != chosen {
            let isDisabled = !plan.hosts[host].isEnabled
            let why =
                isDisabled
                ? "it is disabled, and not what the client asks for"
                : endpoint.isTLS ? "its names do not fit better" : "it is not the first here"
            notChosen.append(
                Fact(
                    name: "host \(plan.hosts[host].section)", value: why,
                    location: plan.hosts[host].names.first?.location))
        }
        let elsewhere =
            plan.hosts.count - endpoint.hosts.count - endpoint.disabledHosts.count
        if elsewhere > 0 {
            notChosen.append(
                Fact(name: "\(elsewhere) other hosts", value: "not on this listener", location: nil)
            )
        }
        if let chosen { describe(plan.hosts[chosen], index: chosen, endpoint) }
    }

    private mutating func describe(
        _ host: HostSettings, index: Int, _ endpoint: PlannedEndpoint
    ) {
        add("host", "\(host.section) (tag \(host.tag))", host.location)
        if !host.isEnabled { add("refused", "the host is disabled", host.location) }
        if let trouble = troubles[index] { add("refused", "the host is left out: \(trouble)") }
        let isUnix = endpoint.address.socketAddress == nil
        let listenerKeys = ListenerOptions.Key.allCases.filter { $0.isUnix == isUnix }
        let hostKeys =
            ["Hosts", "BindIpAddr", "BindIpAddr2", endpoint.isTLS ? "BindSslPort" : "BindNonPort"]
            + ["Handler"] + (endpoint.isTLS ? Explanation.tlsKeys : [])
            + listenerKeys.map(\.rawValue)
        for key in hostKeys {
            guard let found = keys.host(key, of: host.section) else { continue }
            add(key, found.text, found.location)
        }
        if endpoint.isTLS, host.certificate == nil { add("certificate", "self-made") }
        for option in host.handlerOptions {
            add(option.key, "\(option.value.text)", option.location)
        }
        for key in Explanation.serverKeys {
            guard let found = keys.server(key) else { continue }
            add(key, found.text, found.location)
        }
        if let name = client.applicationProtocol {
            add("ALPN", "\(name.quoted) is not used: no handler chooses by it yet")
        }
        if !endpoint.isTLS, client.serverName != nil {
            add("server name", "not used: the listener is plain")
        }
    }
}

extension PlannedEndpoint {
    /// Where the first of the hosts says something about the socket.
    fileprivate func optionPlace(
        _ key: ListenerOptions.Key, _ plan: ListenPlan
    ) -> SourceLocation? {
        hosts.lazy.compactMap { plan.hosts[$0].listener.places[key] }.first
    }
}
