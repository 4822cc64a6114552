package import Configuration
internal import HandlerAPI
internal import NetworkTypes

/// Decides which endpoints to open and which hosts each one serves.
///
/// Theory of operation: the enabled hosts are processed in the order of the file, and each of their address
/// and port pairs either opens an endpoint or is added to an existing one. A clash is reported at the later
/// place in the file, with a note at the earlier one. Disabled hosts are then added to the existing
/// endpoints, so that their names can be refused; they never clash. All look-ups are by hash, so the time is
/// linear in the number of hosts.
package struct Planner {
    private let hosts: [HostSettings]
    private var endpoints: [Draft] = []
    private var indexes: [Endpoint: Int] = [:]
    private var diagnostics = Diagnostics()

    /// The first endpoint on all addresses of a family, by the wildcard address and port.
    private var wildcards: [SocketAddress: Int] = [:]
    /// The first endpoint on a single address, by its family's wildcard address and port.
    private var singles: [SocketAddress: Int] = [:]
    /// Hosts that were reported as hidden behind another one on a plain endpoint.
    private var shadowedHosts: Set<Int> = []
    /// Names that were reported as duplicates, so that two shared endpoints report each once.
    private var takenNames: Set<SourceLocation> = []
    /// Listener keys that were reported as clashing, likewise.
    private var clashingOptions: Set<SourceLocation> = []

    /// An endpoint while it is being planned.
    private struct Draft {
        let address: Endpoint
        let isTLS: Bool
        /// The first port that requests it, and the address.
        let location: SourceLocation
        let addressLocation: SourceLocation
        var hosts: [Int] = []
        var disabledHosts: [Int] = []
        /// The owner of each name, on a TLS endpoint.
        var names: [String: Owner] = [:]
        /// The socket options that the hosts set so far, and their places.
        var said: [ListenerOptions] = []
        var options: ListenerOptions { said.first ?? ListenerOptions() }
        var optionPlaces: [ListenerOptions.Key: SourceLocation] = [:]
    }

    private struct Owner {
        let host: Int
        let location: SourceLocation
    }

    /// One address and port that a host requests.
    private struct Wish {
        let address: Endpoint
        let isTLS: Bool
        let location: SourceLocation
        let addressLocation: SourceLocation
    }

    /// Plans the hosts of a configuration.
    ///
    /// - Parameter settings: the settings, as far as the file could be read.
    /// - Returns: the plan, and where hosts clash.
    package static func plan(_ settings: Settings) -> (plan: ListenPlan, diagnostics: Diagnostics) {
        let hosts = settings.hosts.map { $0.joined(with: settings.server) }
        var planner = Planner(hosts)
        for (index, host) in hosts.enumerated() where host.isEnabled {
            for wish in wishes(of: host) { planner.grant(wish, toHost: index) }
        }
        planner.checkProxies()
        for (index, host) in hosts.enumerated() where !host.isEnabled {
            for wish in wishes(of: host) { planner.note(wish, ofDisabledHost: index) }
        }
        let endpoints = planner.endpoints.map {
            PlannedEndpoint(
                address: $0.address, isTLS: $0.isTLS, hosts: $0.hosts,
                disabledHosts: $0.disabledHosts, location: $0.location, options: $0.options)
        }
        let plan = ListenPlan(hosts: hosts, endpoints: endpoints)
        PlanCheck.check(plan, into: &planner.diagnostics)
        return (plan, planner.diagnostics)
    }

    private init(_ hosts: [HostSettings]) {
        self.hosts = hosts
    }

    /// The plain ports on all addresses first, as ICS orders them.
    private static func wishes(of host: HostSettings) -> [Wish] {
        [(host.plainPort, false), (host.tlsPort, true)].flatMap { port, isTLS in
            host.addresses.compactMap { wish(for: $0, port, isTLS) }
        }
    }

    /// The endpoint that a host requests on one of its addresses, plain or with TLS; nil for none.
    private static func wish(
        for address: Located<ListenAddress>, _ port: Located<PortChoice>?, _ isTLS: Bool
    ) -> Wish? {
        switch address.value {
        case .ip(let ip, let zone):
            guard let port else { return nil }
            let number: UInt16 =
                switch port.value {
                case .number(let number): number
                case .automatic: 0
                }
            return Wish(
                address: .tcp(SocketAddress(ip, port: number), zone: zone), isTLS: isTLS,
                location: port.location, addressLocation: address.location)
        case .unix(let unix, isTLS):
            return Wish(
                address: .unix(unix), isTLS: isTLS, location: address.location,
                addressLocation: address.location)
        case .unix:
            return nil
        }
    }

    private mutating func grant(_ wish: Wish, toHost host: Int) {
        guard let index = indexes[wish.address] else {
            checkOverlap(wish)
            if wish.address.port != 0 { indexes[wish.address] = endpoints.count }
            endpoints.append(
                Draft(
                    address: wish.address, isTLS: wish.isTLS, location: wish.location,
                    addressLocation: wish.addressLocation))
            join(endpoints.count - 1, host: host, at: wish.location)
            return
        }
        guard endpoints[index].isTLS == wish.isTLS else {
            let kinds = wish.isTLS ? ("SSL", "plain") : ("plain", "SSL")
            return diagnostics.error(
                at: wish.location,
                "\(wish.address) cannot be \(kinds.0) here and \(kinds.1) elsewhere",
                related: [.init(at: endpoints[index].location, "\(kinds.1) here")])
        }
        // A host that lists one address twice is added once.
        if endpoints[index].hosts.last != host { join(index, host: host, at: wish.location) }
    }

    /// Adds an enabled host to an endpoint, and reports clashes.
    private mutating func join(_ index: Int, host: Int, at location: SourceLocation) {
        let first = endpoints[index].hosts.first ?? host
        let areTold =
            endpoints[index].isTLS
            || hosts[first].traits.speaksHTTP && hosts[host].traits.speaksHTTP
        if areTold {
            takeNames(of: host, on: index)
        } else if first != host, shadowedHosts.insert(host).inserted {
            let section = hosts[first].section
            diagnostics.warn(
                at: location,
                "[\(hosts[host].section)] is never chosen on \(endpoints[index].address): "
                    + "all plain clients get [\(section)]",
                related: [.init(at: endpoints[index].location, "[\(section)] is first here")])
        }
        takeOptions(of: host, on: index)
        endpoints[index].hosts.append(host)
    }

    /// Adds the socket options of a host; an absent option never clashes.
    private mutating func takeOptions(of host: Int, on index: Int) {
        let listener = hosts[host].listener
        guard !listener.places.isEmpty else { return }
        let isUnix = endpoints[index].address.socketAddress == nil
        for key in ListenerOptions.Key.allCases where key.concerns(isUnix: isUnix) {
            guard let place = listener.places[key] else { continue }
            var options = endpoints[index].options
            options.take(key, from: listener.options)
            guard let first = endpoints[index].optionPlaces[key] else {
                endpoints[index].said = [options]
                endpoints[index].optionPlaces[key] = place
                continue
            }
            guard options != endpoints[index].options, clashingOptions.insert(place).inserted
            else { continue }
            diagnostics.error(
                at: place,
                "\(key.rawValue) differs from that of another host on "
                    + "\(endpoints[index].address): a socket has only one value",
                related: [.init(at: first, "the other is here")])
        }
    }

    /// Reports listeners whose keys for the PROXY protocol are of no use without each other.
    private mutating func checkProxies() {
        for endpoint in endpoints where !endpoint.optionPlaces.isEmpty {
            let (options, places) = (endpoint.options, endpoint.optionPlaces)
            let isUsed = options.proxyProtocol ?? .none != .none
            if isUsed, options.trustedProxies == nil, endpoint.address.socketAddress != nil,
                let place = places[.proxyProtocol], clashingOptions.insert(place).inserted
            {
                diagnostics.error(
                    at: place,
                    "ProxyProtocol needs TrustedProxies: anybody could say any address")
            }
            guard let place = places[.trustedProxies], clashingOptions.insert(place).inserted
            else { continue }
            if !isUsed {
                diagnostics.warn(
                    at: place, "TrustedProxies has no effect without ProxyProtocol")
            } else if let all = options.trustedProxies?.first(where: { $0.length == 0 }) {
                diagnostics.warn(
                    at: place, "TrustedProxies has \(all): anybody may say any address")
            }
        }
    }

    private mutating func takeNames(of host: Int, on index: Int) {
        for name in hosts[host].names {
            guard let first = endpoints[index].names[name.value] else {
                endpoints[index].names[name.value] = Owner(host: host, location: name.location)
                continue
            }
            guard takenNames.insert(name.location).inserted else { continue }
            diagnostics.error(
                at: name.location,
                "\(name.value.quoted) is already the name of [\(hosts[first.host].section)] on "
                    + "\(endpoints[index].address)",
                related: [.init(at: first.location, "first named here")])
        }
    }

    /// Reports that a new endpoint's address includes that of another, or is included in it.
    private mutating func checkOverlap(_ wish: Wish) {
        guard let socket = wish.address.socketAddress, socket.port != 0 else { return }
        let (address, port) = (socket.ip, socket.port)
        let every = SocketAddress(address.family == .v4 ? .anyV4 : .anyV6, port: port)
        let other = address.isWildcard ? singles[every] : wildcards[every]
        if address.isWildcard {
            wildcards[every] = endpoints.count
        } else if singles[every] == nil {
            singles[every] = endpoints.count
        }
        guard let other else { return }
        let relation = address.isWildcard ? "includes" : "is included in"
        diagnostics.error(
            at: wish.addressLocation,
            "\(wish.address) \(relation) \(endpoints[other].address): only one of them can listen",
            related: [
                .init(
                    at: endpoints[other].addressLocation, "\(endpoints[other].address) is here")
            ])
    }

    private mutating func note(_ wish: Wish, ofDisabledHost host: Int) {
        guard let index = indexes[wish.address], endpoints[index].isTLS == wish.isTLS,
            endpoints[index].disabledHosts.last != host
        else { return }
        endpoints[index].disabledHosts.append(host)
        for name in hosts[host].names {
            guard let first = endpoints[index].names[name.value] else {
                guard name.value == "*", endpoints[index].isTLS,
                    takenNames.insert(name.location).inserted
                else { continue }
                diagnostics.note(
                    at: name.location,
                    "clients on \(endpoints[index].address) that ask for no name, or one that "
                        + "nobody else has, are refused, for [\(hosts[host].section)] is disabled; "
                        + "ICS would give them the default host")
                continue
            }
            guard takenNames.insert(name.location).inserted else { continue }
            diagnostics.warn(
                at: name.location,
                "\(name.value.quoted) is also the name of [\(hosts[first.host].section)] on "
                    + "\(endpoints[index].address), which is enabled and serves it",
                related: [.init(at: first.location, "named here")])
        }
    }
}
