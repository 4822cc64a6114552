internal import Configuration
internal import HandlerAPI
internal import NetworkTypes

/// Finds plans that are valid but surely mistaken.
///
/// Hosts that no client can reach, redirect loops, and proxies that are their own target.
struct PlanCheck {
    private let plan: ListenPlan
    private var diagnostics = Diagnostics()
    /// The server names of endpoints that redirects lead to, by index.
    private var tables: [Int: ServerNameTable] = [:]
    /// The endpoints that a URL may lead to, in their order.
    private var doors: [Door: [Int]] = [:]

    /// The part of a URL that selects endpoints.
    private struct Door: Hashable {
        let isTLS: Bool
        let port: UInt16
        /// The name of a host there, or the address that it listens on.
        let name: String
    }

    /// Reports each problem at the value to change.
    static func check(_ plan: ListenPlan, into diagnostics: inout Diagnostics) {
        var check = PlanCheck(plan: plan)
        check.findUnreachable()
        check.findCircles()
        check.findOwnTargets()
        diagnostics.append(contentsOf: check.diagnostics)
    }

    private init(plan: ListenPlan) {
        self.plan = plan
    }

    /// Reports hosts that are no listener's default and whose names no TLS client sends.
    ///
    /// Literal addresses are not sent (RFC 6066, 3).
    private mutating func findUnreachable() {
        let addressed = plan.hosts.indices.filter { index in
            plan.hosts[index].isEnabled
                && plan.hosts[index].names.allSatisfy { IPAddress($0.value) != nil }
        }
        guard !addressed.isEmpty else { return }
        var rest = Set(addressed)
        var places: [Int: PlannedEndpoint] = [:]
        for endpoint in plan.endpoints {
            if let first = endpoint.hosts.first { rest.remove(first) }
            guard endpoint.isTLS else { continue }
            for host in endpoint.hosts where rest.contains(host) {
                if mayBeNamed(host, on: endpoint) {
                    rest.remove(host)
                } else {
                    places[host] = endpoint
                }
            }
        }
        for index in rest.sorted() {
            guard let endpoint = places[index], let first = endpoint.hosts.first,
                let name = plan.hosts[index].names.first
            else { continue }
            diagnostics.warn(
                at: name.location,
                "[\(plan.hosts[index].section)] gets no clients on \(endpoint.address) except those that "
                    + "send an IP address as server name, which RFC 6066 forbids: others get "
                    + "[\(plan.hosts[first].section)]",
                related: [.init(at: endpoint.location, "the first host is the default")])
        }
    }

    /// Whether a request may name the host after a handshake without a server name.
    ///
    /// Such HTTP clients start at the first host, whose policy must be the same.
    private func mayBeNamed(_ host: Int, on endpoint: PlannedEndpoint) -> Bool {
        guard let first = endpoint.hosts.first.map({ plan.hosts[$0] }) else { return false }
        let other = plan.hosts[host]
        return first.traits.speaksHTTP && other.traits.speaksHTTP && first.hasPolicy(of: other)
    }

    /// Reports redirect loops.
    private mutating func findCircles() {
        let starts = plan.hosts.indices.filter {
            plan.hosts[$0].isEnabled && plan.hosts[$0].target != nil
        }
        guard !starts.isEmpty else { return }
        indexEndpoints()
        // Each host is visited once, so the time is linear in the number of redirects.
        var seen: Set<Int> = []
        for start in starts where !seen.contains(start) {
            var positions: [Int: Int] = [:]
            var way: [Step] = []
            var current = start
            while seen.insert(current).inserted {
                positions[current] = way.count
                guard let redirect = plan.hosts[current].target,
                    let next = redirect.value.hasNameOfRequest
                        ? stepBack(to: current, redirect.value) : step(to: redirect.value)
                else { break }
                way.append(next)
                current = next.host
            }
            guard let position = positions[current], position < way.count else { continue }
            tellCircle(way[position...])
        }
    }

    /// The target of a redirect that keeps the name of the request: its own host, if that has the port.
    private func stepBack(to host: Int, _ address: WebAddress) -> Step? {
        let port = address.isSecure ? plan.hosts[host].tlsPort : plan.hosts[host].plainPort
        guard port?.value == .number(address.port) else { return nil }
        return Step(host: host, condition: nil)
    }

    /// Reports a loop, starting at its first host in the file.
    private mutating func tellCircle(_ circle: ArraySlice<Step>) {
        guard let last = circle.indices.min(by: { circle[$0].host < circle[$1].host })
        else { return }
        tellCircle(
            from: circle[last].host, Array(circle[(last + 1)...] + circle[...last]))
    }

    /// A host that a redirect leads to.
    private struct Step {
        let host: Int
        /// The condition under which the redirect leads here; nil for always.
        let condition: String?
    }

    private mutating func indexEndpoints() {
        for (index, endpoint) in plan.endpoints.enumerated() {
            guard let local = endpoint.address.socketAddress?.ip, let port = endpoint.address.port
            else { continue }
            var names = Set(endpoint.hosts.flatMap { plan.hosts[$0].names.map(\.value) })
            names.insert(local.description)
            if local.isSurelyReached(by: "localhost") { names.insert("localhost") }
            for name in names {
                let door = Door(isTLS: endpoint.isTLS, port: port, name: name)
                doors[door, default: []].append(index)
            }
        }
    }

    /// The host that serves clients of a URL.
    private mutating func step(to address: WebAddress) -> Step? {
        let ip = IPAddress(address.name)
        let every = ip.map { $0.family == .v4 ? IPAddress.anyV4 : .anyV6 }
        let names = [
            address.name, every?.description ?? "*\(address.name.drop { $0 != "." })", "*",
        ]
        var lists = names.compactMap {
            doors[Door(isTLS: address.isSecure, port: address.port, name: $0)]?[...]
        }
        while let index = lists.compactMap(\.first).min() {
            for list in lists.indices where lists[list].first == index {
                lists[list].removeFirst()
            }
            let endpoint = plan.endpoints[index]
            guard let local = endpoint.address.socketAddress?.ip else { continue }
            let leadsHere = local.isSurelyReached(by: address.name)
            // A literal address only leads to a listener on that address.
            guard ip == nil || leadsHere || local.isWildcard && local.family == ip?.family
            else { continue }
            let table = tables[index] ?? ServerNameTable(endpoint: endpoint, hosts: plan.hosts)
            tables[index] = table
            guard let (host, hasName) = host(on: endpoint, table, for: address.name) else {
                continue
            }
            if hasName && ip == nil || leadsHere { return Step(host: host, condition: nil) }
            // A name that no host has is most likely that of another machine.
            guard hasName || ip != nil || table.match(address.name) == .any else { continue }
            return Step(host: host, condition: "\(address.name) is this machine")
        }
        return nil
    }

    /// The host for requests with a name on an endpoint, and whether it has that name.
    private func host(
        on endpoint: PlannedEndpoint, _ table: ServerNameTable, for name: String
    ) -> (host: Int, hasName: Bool)? {
        guard let first = endpoint.hosts.first else { return nil }
        let isChosen = endpoint.isTLS || plan.hosts[first].traits.speaksHTTP
        guard isChosen else {
            return (first, plan.hosts[first].names.contains { $0.value == name })
        }
        // A handshake never has a literal address as its name, but the request does.
        let match = table.match(name)
        let choice = table.owner(of: name) { _ in true } ?? table.choose(nil) { _ in true }
        guard case .host(let host) = choice else { return nil }
        return (host, match == .exact || match == .wildcard)
    }

    private mutating func tellCircle(from start: Int, _ way: [Step]) {
        guard let redirect = plan.hosts[start].target else { return }
        let conditions = way.compactMap(\.condition)
        // A redirect that may lead to another machine is only worth a note.
        let severity: Diagnostic.Severity = conditions.isEmpty ? .warning : .note
        let condition =
            conditions.isEmpty ? "" : ", if \(conditions.joined(separator: " and "))"
        let others = way.dropLast().map(\.host)
        let message: String
        let related: [Diagnostic.Note]
        if let first = others.first {
            message =
                "WebRedirectURL redirects clients to [\(plan.hosts[first].section)], which redirects them "
                + "back, in a loop"
            related = others.compactMap { plan.hosts[$0].target }.map {
                .init(at: $0.location, "redirected again here")
            }
        } else {
            let host = plan.hosts[start]
            let port = redirect.value.isSecure ? host.tlsPort : host.plainPort
            let key = redirect.value.isSecure ? "BindSslPort" : "BindNonPort"
            message = "WebRedirectURL redirects clients back to \(key) of this host, in a loop"
            related = port.map { [.init(at: $0.location, "the port that it leads to")] } ?? []
        }
        diagnostics.append(
            Diagnostic(severity, at: redirect.location, message + condition, related: related))
    }
}

extension PlanCheck {
    /// Reports targets that lead back to their own host.
    private mutating func findOwnTargets() {
        for (index, host) in plan.hosts.enumerated()
        where host.isEnabled && host.traits.usesTargets {
            for target in host.targets where target.isEnabled {
                guard let place = target.host,
                    let endpoint = plan.endpoints.first(where: { leads(target, to: $0, of: index) })
                else { continue }
                diagnostics.warn(
                    at: place.location,
                    "[\(target.section)] leads back to [\(host.section)] on \(endpoint.address), in a "
                        + "loop: its clients are refused",
                    related: [.init(at: endpoint.location, "the listener that it leads to")])
            }
        }
    }

    /// Whether a connection to a target certainly reaches a host on an endpoint.
    private func leads(
        _ target: TargetSettings, to endpoint: PlannedEndpoint, of host: Int
    ) -> Bool {
        guard let name = target.host?.value, endpoint.hosts.contains(host) else { return false }
        if case .unix(let address) = endpoint.address {
            return !endpoint.isTLS && endpoint.hosts.first == host && name == "\(address)"
        }
        guard let local = endpoint.address.socketAddress, local.ip.isSurelyReached(by: name),
            target.port == 0 || target.port == Int(local.port)
        else { return false }
        // A plain client reaches the first host; a TLS client too, if it is the only one.
        guard endpoint.isTLS else { return endpoint.hosts.first == host }
        return (target.usesTLS || target.port == 0) && endpoint.hosts == [host]
    }
}

extension IPAddress {
    /// Whether connections from this machine to a name or address certainly reach this listener.
    fileprivate func isSurelyReached(by name: String) -> Bool {
        if name == "localhost" { return isLoopback || isWildcard }
        guard let ip = IPAddress(name) else { return false }
        return ip == self || isWildcard && family == ip.family && ip.isLoopback
    }
}

extension HostSettings {
    /// Whether two hosts have the same TLS policy, apart from certificates.
    fileprivate func hasPolicy(of other: HostSettings) -> Bool {
        let (own, clients) = (tls, tls.clients)
        return securityLevel == other.securityLevel
            && own.ciphers?.value == other.tls.ciphers?.value
            && own.suites?.value == other.tls.suites?.value
            && own.groups?.value == other.tls.groups?.value
            && clients.asks == other.tls.clients.asks
            && clients.method?.value == other.tls.clients.method?.value
            && clients.authorities?.value == other.tls.clients.authorities?.value
            && clients.revocations?.value == other.tls.clients.revocations?.value
    }

    /// The target when it redirects all its clients, nil when it serves them itself.
    fileprivate var target: Located<WebAddress>? {
        redirect.flatMap { redirect in
            WebAddress(redirect.value).map { Located($0, at: redirect.location) }
        }
    }
}
