package import Configuration
internal import HandlerAPI
package import NetworkTypes

/// Why a client is served or refused: the output of `icshostd explain`.
///
/// It uses the same objects as the daemon: the ``ListenPlan``, its ``ServerNameTable`` and the states of
/// hosts.
package struct Explanation {
    /// A client's connection attempt.
    package struct Client {
        /// The address that it connects to.
        package var target: Endpoint
        /// The client's own address, nil for any.
        package var origin: IPAddress?
        /// The server name in its TLS handshake.
        package var serverName: String?
        /// The application protocols in its TLS handshake, best first.
        package var applicationProtocols: [String]

        /// Describes a client.
        package init(
            target: Endpoint, origin: IPAddress?, serverName: String?,
            applicationProtocols: [String] = []
        ) {
            self.target = target
            self.origin = origin
            self.serverName = serverName
            self.applicationProtocols = applicationProtocols
        }
    }

    /// The result for the client.
    package enum Outcome: String {
        case served
        case refused
        /// No listener accepts it.
        case unreachable
    }

    /// One fact about the client, or one alternative that was not chosen.
    package struct Fact {
        /// The subject: a word, a key, a host or a listener.
        package let name: String
        /// The fact, or why the alternative was not chosen.
        package let value: String
        /// The line that decided it, nil for a default.
        package let location: SourceLocation?
    }

    /// The result for the client.
    package private(set) var outcome = Outcome.unreachable
    /// The facts, in the order of the decisions.
    package private(set) var facts: [Fact] = []
    /// The alternatives, and why they were not chosen.
    package private(set) var notChosen: [Fact] = []

    private let plan: ListenPlan
    private let client: Client
    private let keys: KeyLookup
    private let troubles: [Int: String]
    private let protocols: (String) -> [String]
    private let refusal: (Int?) -> String?

    private static let serverKeys = [
        "ListenBacklog", "MaxClients", "HandshakeTimeout", "DrainTimeout", "Banner",
    ]

    /// Traces a client through a plan.
    ///
    /// - Parameters:
    ///   - client: the client.
    ///   - plan: the plan.
    ///   - keys: the places of keys.
    ///   - troubles: why hosts are down, by their index in the plan.
    ///   - protocols: the application protocols of a handler, by its name.
    ///   - refusal: why the address of the client may not connect to a host, by its index in the plan, or to
    ///     the server; nil for one that may.
    package init(
        _ client: Client, _ plan: ListenPlan, keys: KeyLookup, troubles: [Int: String],
        protocols: @escaping (String) -> [String] = { _ in [] },
        refusal: @escaping (Int?) -> String? = { _ in nil }
    ) {
        self.protocols = protocols
        self.refusal = refusal
        self.client = client
        self.plan = plan
        self.keys = keys
        self.troubles = troubles
        guard let index = reachedEndpoint() else { return }
        let endpoint = plan.endpoints[index]
        let choice: ServerNameTable.Choice
        if endpoint.isTLS, let name = client.serverName, !name.isEmpty,
            !HostNameSyntax.isHostName(Array(name.utf8).span)
        {
            // The handshake fails before a host is chosen.
            choice = .refuse(host: nil)
            let ascii = ServerName.normalized(name)
            add(
                "chosen by",
                "no host: the handshake refuses \(name.quoted), which is not a host name"
                    + (ascii.map { "; clients send \($0)" } ?? ""), endpoint.location)
        } else if endpoint.isTLS {
            let table = ServerNameTable(endpoint: endpoint, hosts: plan.hosts)
            choice = table.choose(client.serverName, isUp: isUp)
            let match = table.match(client.serverName)
            add("chosen by", reason(match), place(of: match, choice) ?? endpoint.location)
        } else {
            let admitting = endpoint.choosePlain(
                plan.hosts, isUp: { isUp($0) && refusal($0) == nil })
            // Where none admits it, the first one says why.
            if case .host = admitting {
                choice = admitting
            } else {
                choice = endpoint.choosePlain(plan.hosts, isUp: isUp)
            }
            add("chosen by", "the first host of a plain listener", endpoint.location)
        }
        if mayChoosePerRequest(endpoint) {
            add(
                "each request", "is served by the web host that its Host header names",
                endpoint.location)
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
        if endpoint.address.port == 0 { return "its port is unknown until it is open" }
        guard let target = client.target.socketAddress else { return "another address" }
        return endpoint.address.port == target.port ? "another address" : "another port"
    }

    private func reason(_ match: ServerNameTable.Match?) -> String {
        let name = (client.serverName ?? "").quoted
        return switch match {
        case .exact where IPAddress(client.serverName ?? "") != nil:
            "its name \(name), an IP address: RFC 6066 forbids clients to send one"
        case .exact: "its name \(name)"
        case .wildcard: "a wildcard that matches \(name)"
        case .any: "Hosts=*"
        case .fallback where client.serverName == nil:
            "the default of the listener: the client sends no server name"
        case .fallback: "the default of the listener: no host has \(name)"
        case .rejected where client.serverName == nil:
            "SslUnknownName=reject: the client sends no server name"
        case .rejected: "SslUnknownName=reject: no host has \(name)"
        case nil: "nobody"
        }
    }

    /// The place of the name by which a host was chosen.
    private func place(
        of match: ServerNameTable.Match?, _ choice: ServerNameTable.Choice
    ) -> SourceLocation? {
        let host: Int?
        switch choice {
        case .host(let index): host = index
        case .refuse(let index): host = index
        }
        guard let host else { return nil }
        let names = plan.hosts[host].names
        var asked = client.serverName?.lowercased() ?? ""
        if asked.utf8.last == UInt8(ascii: ".") { asked.removeLast() }
        return switch match {
        case .exact: names.first { $0.value == asked }?.location
        case .wildcard:
            names.first { $0.value == "*\(asked.drop { $0 != "." })" }?.location
        case .any: names.first { $0.value == "*" }?.location
        case .fallback, .rejected, nil: nil
        }
    }

    private mutating func conclude(_ choice: ServerNameTable.Choice, _ endpoint: PlannedEndpoint) {
        let chosen: Int?
        switch choice {
        case .host(let host): (outcome, chosen) = (.served, host)
        case .refuse(let host): (outcome, chosen) = (.refused, host)
        }
        for host in endpoint.hosts + endpoint.disabledHosts where host != chosen {
            notChosen.append(
                Fact(
                    name: "host \(plan.hosts[host].section)", value: whyNot(host, on: endpoint),
                    location: plan.hosts[host].names.first?.location))
        }
        let elsewhere =
            plan.hosts.count - endpoint.hosts.count - endpoint.disabledHosts.count
        if elsewhere > 0 {
            notChosen.append(
                Fact(
                    name: elsewhere.counted("other host"), value: "not on this listener",
                    location: nil)
            )
        }
        if let chosen { describe(plan.hosts[chosen], index: chosen, endpoint) }
        judge(chosen)
    }

    /// Adds who may connect, and why the client may not.
    private mutating func judge(_ host: Int?) {
        for key in ["AllowFrom", "DenyFrom"] {
            if let server = keys.server(key), server.location != nil {
                add("\(key) of [Server]", server.text, server.location)
            }
            if let host, let own = keys.host(key, of: plan.hosts[host].section),
                own.location != nil
            {
                add(key, own.text, own.location)
            }
        }
        let reasons = [
            refusal(nil).map { "[Server]: \($0)" },
            host.flatMap { index in refusal(index).map { "\(plan.hosts[index].section): \($0)" } },
        ]
        for case let reason? in reasons {
            outcome = .refused
            add("refused", "the address may not connect: \(reason)")
        }
    }

    private mutating func describe(
        _ host: HostSettings, index: Int, _ endpoint: PlannedEndpoint
    ) {
        add("host", "\(host.section) (tag \(host.tag))", host.location)
        if !host.isEnabled { add("refused", "the host is disabled", host.location) }
        if let trouble = troubles[index] { add("refused", "the host is down: \(trouble)") }
        let effective = Dictionary(
            host.entries.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        add("HostTag", host.tag, keys.host("HostTag", of: host.section)?.location)
        for key in ["Hosts", "BindIpAddr", "BindIpAddr2"] { cite(key, of: host) }
        cite(endpoint.isTLS ? "BindSslPort" : "BindNonPort", of: host)
        if let handler = host.handler { add("Handler", handler.value, handler.location) }
        if !endpoint.isTLS {
            if host.tls.offersUpgrade { cite("AuthSslCmd", of: host) }
            if host.tls.forcedUpgrade?.value == true { cite("AuthForceSsl", of: host) }
        }
        if endpoint.isTLS || host.tls.offersUpgrade { describeTLS(of: host, effective) }
        let isUnix = endpoint.address.socketAddress == nil
        for key in ListenerOptions.Key.allCases where key.concerns(isUnix: isUnix) {
            cite(key.rawValue, of: host)
        }
        for option in host.handlerOptions {
            add(option.key, option.value.text, option.origin == .standard ? nil : option.location)
        }
        for key in Explanation.serverKeys {
            let own = keys.host(key, of: host.section).flatMap { $0.location == nil ? nil : $0 }
            guard let found = own ?? keys.server(key) else { continue }
            add(key, found.text, found.location)
        }
        if !client.applicationProtocols.isEmpty { describeALPN(of: host, endpoint) }
        if !endpoint.isTLS, client.serverName != nil {
            add("server name", "not used: the listener is plain")
        }
    }
}

extension Explanation {
    /// Whether requests select among several hosts of the listener.
    private func mayChoosePerRequest(_ endpoint: PlannedEndpoint) -> Bool {
        let isFirstWeb = endpoint.hosts.first.map { plan.hosts[$0].traits.speaksHTTP } ?? false
        return isFirstWeb && endpoint.hosts.count { plan.hosts[$0].traits.speaksHTTP } > 1
    }

    /// Adds the result of the protocol selection (RFC 7301): the first of the handler's that the client
    /// offers.
    private mutating func describeALPN(of host: HostSettings, _ endpoint: PlannedEndpoint) {
        let offered = client.applicationProtocols
        guard endpoint.isTLS else { return add("ALPN", "not used: the listener is plain") }
        let handler = host.handler?.value ?? ""
        let (known, speaker, place) =
            host.tls.protocols.map { ($0.value, "SslAlpnProtocols", $0.location) }
            ?? (
                protocols(handler), "the handler \(handler.quoted)",
                host.handler?.location ?? host.location
            )
        guard known != ["*"] else {
            return add("ALPN", "\(speaker) accepts any: none is negotiated", place)
        }
        let list = known.isEmpty ? "none by name" : known.joined(separator: ", ")
        if let name = known.first(where: offered.contains) {
            return add("ALPN", "\(name.quoted): \(speaker) speaks \(list)", place)
        }
        outcome = .refused
        let names = offered.map(\.quoted).joined(separator: ", ")
        add("refused", "ALPN: \(speaker) speaks \(list), not \(names)", place)
    }

    /// Adds a key of a host with its value as written, or its default.
    private mutating func cite(_ key: String, of host: HostSettings) {
        guard let found = keys.host(key, of: host.section) else { return }
        add(key, found.text, found.location)
    }

    /// Adds the certificate, and the TLS keys of host and server.
    private mutating func describeTLS(of host: HostSettings, _ effective: [String: String]) {
        if host.certificate.files.isEmpty { add("certificate", "self-made") }
        for key in Schema.host.keys where key.isForTLS && !key.isReserved {
            if key.name == "CliCertMethod", let method = host.tls.clients.method {
                // The stricter one of host and server.
                add(key.name, method.value.name, method.location)
                continue
            }
            let own = keys.host(key.name, of: host.section)
            let server = keys.server(key.name)
            guard let place = own?.location ?? server?.location else {
                if key.name == "SslSecLevel" { add(key.name, key.defaultText) }
                continue
            }
            guard !key.isSecret else {
                add(key.name, "(set)", place)
                continue
            }
            let text = own?.location != nil ? effective[key.name] ?? own?.text : server?.text
            let isPEM = text.map(InlinePEM.begins) ?? false
            add(key.name, isPEM ? "(inline)" : text ?? "", place)
        }
    }

    /// Why a host of the listener was not chosen.
    private func whyNot(_ host: Int, on endpoint: PlannedEndpoint) -> String {
        let state = plan.hosts[host].isEnabled ? "" : "it is disabled, and "
        guard endpoint.isTLS else {
            let isNamed = mayChoosePerRequest(endpoint) && plan.hosts[host].traits.speaksHTTP
            return state + "it is not the first here"
                + (isNamed ? "; requests whose Host header names it are served by it" : "")
        }
        guard let name = client.serverName, !name.isEmpty else {
            return state + "it is not the default of the listener"
        }
        let alone = PlannedEndpoint(
            address: endpoint.address, isTLS: true, hosts: [host], disabledHosts: [],
            location: endpoint.location)
        switch ServerNameTable(endpoint: alone, hosts: plan.hosts).match(name) {
        case .exact: return state + "an enabled host has the name too"
        case .wildcard: return state + "an exact name takes precedence over its wildcard"
        case .any: return state + "a matching name takes precedence over its *"
        case .fallback, .rejected, nil: return state + "none of its names matches"
        }
    }
}

extension PlannedEndpoint {
    /// The place where the first of the hosts sets a socket option.
}
