internal import Configuration
internal import NetworkTypes

/// Finds what a plan allows and nobody can mean: hosts that no client gets, redirects in a circle.
struct PlanCheck {
    private let plan: ListenPlan
    private var diagnostics = Diagnostics()
    /// The names of endpoints that redirects lead to, by index.
    private var tables: [Int: ServerNameTable] = [:]

    /// Tells what it finds, each at the value to change.
    static func check(_ plan: ListenPlan, into diagnostics: inout Diagnostics) {
        var check = PlanCheck(plan: plan)
        check.findUnreachable()
        check.findCircles()
        diagnostics.append(contentsOf: check.diagnostics)
    }

    private init(plan: ListenPlan) {
        self.plan = plan
    }

    /// Tells of hosts whose names no TLS client sends (RFC 6066, 3: a literal address is none), and
    /// that are no listener's default.
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
            for host in endpoint.hosts where rest.contains(host) { places[host] = endpoint }
        }
        for index in rest.sorted() {
            guard let endpoint = places[index], let first = endpoint.hosts.first,
                let name = plan.hosts[index].names.first
            else { continue }
            diagnostics.warn(
                at: name.location,
                "[\(plan.hosts[index].section)] is never chosen on \(endpoint.address): TLS "
                    + "clients ask for no IP address, and those without a name get "
                    + "[\(plan.hosts[first].section)]",
                related: [.init(at: endpoint.location, "the first host is the default")])
        }
    }

    /// Tells of redirects that lead back to where they come from.
    private mutating func findCircles() {
        var told: Set<Int> = []
        for start in plan.hosts.indices where plan.hosts[start].isEnabled {
            guard plan.hosts[start].redirect != nil, !told.contains(start) else { continue }
            let way = way(from: start)
            guard way.last == start else { continue }
            told.formUnion(way)
            tellCircle(from: start, way)
        }
    }

    /// The hosts that clients of a redirect come to, as far as they are here.
    private mutating func way(from start: Int) -> [Int] {
        var way: [Int] = []
        var current = start
        while let redirect = plan.hosts[current].redirect,
            let next = host(servingClientsOf: redirect.value), !way.contains(next)
        {
            way.append(next)
            if next == start { break }
            current = next
        }
        return way
    }

    /// Who has the name and port of an address of the web.
    ///
    /// A host of any name does not count: the name may be one of another machine.
    private mutating func host(servingClientsOf address: WebAddress) -> Int? {
        for (index, endpoint) in plan.endpoints.enumerated()
        where endpoint.isTLS == address.isSecure && endpoint.address.port == address.port {
            let table =
                tables[index] ?? ServerNameTable(endpoint: endpoint, hosts: plan.hosts)
            tables[index] = table
            guard [.exact, .wildcard].contains(table.match(address.name)),
                case .host(let host) = table.choose(address.name, isUp: { _ in true })
            else { continue }
            return host
        }
        return nil
    }

    private mutating func tellCircle(from start: Int, _ way: [Int]) {
        guard let redirect = plan.hosts[start].redirect else { return }
        let others = way.dropLast()
        guard let first = others.first else {
            let port = redirect.value.isSecure ? "BindSslPort" : "BindNonPort"
            let place =
                redirect.value.isSecure
                ? plan.hosts[start].tlsPort?.location : plan.hosts[start].plainPort?.location
            return diagnostics.warn(
                at: redirect.location,
                "WebRedirectURL sends clients back to \(port) of this host, in a loop",
                related: place.map { [.init(at: $0, "the port that it leads to")] } ?? [])
        }
        diagnostics.warn(
            at: redirect.location,
            "WebRedirectURL sends clients to [\(plan.hosts[first].section)], which sends them back,"
                + " in a loop",
            related: others.compactMap { plan.hosts[$0].redirect }.map {
                .init(at: $0.location, "from here they go on")
            })
    }
}

extension HostSettings {
    /// Where its clients are sent, nil when it serves them itself.
    fileprivate var redirect: Located<WebAddress>? {
        guard let option = reserved["WebRedirectURL"], case .text(let text) = option.value,
            let address = WebAddress(text)
        else { return nil }
        return Located(address, at: option.location)
    }
}
