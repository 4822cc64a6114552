package import Configuration
internal import Glibc
internal import NetworkTypes
package import Planning
package import Platform
internal import TextFormats

/// A state of the server: a plan with its listening sockets, as far as they could be opened.
package struct OpenedPlan: Sendable {
    /// The plan, in which a host that keeps running has its section and tag as it was started with.
    package let plan: ListenPlan
    /// The state of each host of the plan.
    package let states: [HostState]
    /// The endpoints that at least one host that is up needs.
    package let endpoints: [OpenedEndpoint]
    /// Why hosts keep an earlier version.
    package let outdated: [SectionID: HostTrouble]

    /// No hosts and no listeners: the initial state of every server.
    package static let empty = OpenedPlan(
        ListenPlan(hosts: [], endpoints: []), states: [], endpoints: [], outdated: [:])

    private init(
        _ plan: ListenPlan, states: [HostState], endpoints: [OpenedEndpoint],
        outdated: [SectionID: HostTrouble]
    ) {
        self.plan = plan.spelled(as: states)
        (self.states, self.outdated) = (states, outdated)
        self.endpoints = endpoints.filter { opened in
            opened.endpoint.hosts.contains { states[$0].host != nil }
        }
    }

    /// Opens the endpoints of all hosts that are up.
    ///
    /// A host without one of its endpoints is down, with ``HostTrouble/Kind/address``; an endpoint whose
    /// hosts are all down is closed again.
    ///
    /// - Parameters:
    ///   - plan: the plan of the configuration.
    ///   - states: the state of each host so far.
    ///   - outdated: why hosts keep an earlier version.
    ///   - others: states whose listeners are reused where the plan needs them.
    ///   - inherited: the sockets that the process was started with.
    ///   - backlog: the most clients that the kernel queues for a listener.
    package init(
        _ plan: ListenPlan, states: [HostState], outdated: [SectionID: HostTrouble] = [:],
        after others: [OpenedPlan] = [],
        inherited: InheritedListeners = InheritedListeners(), backlog: Int
    ) {
        var states = states
        var opened: [OpenedEndpoint] = []
        let listeners = OpenListeners(others, inherited)
        for (index, key) in plan.endpointKeys.enumerated() {
            let endpoint = plan.endpoints[index]
            guard endpoint.hosts.contains(where: { states[$0].host != nil }) else { continue }
            do throws(SystemError) {
                let twin = OpenedPlan.twin(of: endpoint, in: plan, inherited)
                if let twin {
                    guard twin.hosts == endpoint.hosts, twin.isTLS == endpoint.isTLS else {
                        throw SystemError("bind", code: EADDRINUSE)
                    }
                    // One socket accepts both families: the IPv6 endpoint accepts the IPv4 clients too.
                    if endpoint.address.isEveryIPv4 { continue }
                }
                let listener = try listeners.listener(for: endpoint, key, backlog: backlog)
                opened.append(
                    OpenedEndpoint(index: index, endpoint: endpoint, listener: listener))
            } catch {
                for host in endpoint.hosts where states[host].host != nil {
                    states[host] = .down(
                        OpenedPlan.trouble(error, endpoint, host: plan.hosts[host], inherited))
                }
            }
        }
        self.init(plan, states: states, endpoints: opened, outdated: outdated)
    }

    /// Replaces the states of hosts that are up, and removes endpoints that no host needs any more.
    ///
    /// - Parameter changes: the new states, by index in the plan.
    /// - Returns: the next state.
    package func replacing(_ changes: [Int: HostState]) -> OpenedPlan {
        var states = states
        for (index, state) in changes where states[index].host != nil { states[index] = state }
        return OpenedPlan(plan, states: states, endpoints: endpoints, outdated: outdated)
    }

    /// The same hosts without listeners: new clients are refused, connected ones stay.
    package var closed: OpenedPlan {
        OpenedPlan(plan, states: states, endpoints: [], outdated: outdated)
    }

    /// The same port on all addresses of the other family, when a socket unit passed one socket for both.
    private static func twin(
        of endpoint: PlannedEndpoint, in plan: ListenPlan, _ inherited: InheritedListeners
    ) -> PlannedEndpoint? {
        let address = endpoint.address
        guard address.isEveryIPv4 || address.isEveryIPv6,
            inherited.hasDualStack(port: address.port)
        else { return nil }
        return plan.endpoints.first {
            $0.address.port == address.port
                && (address.isEveryIPv4 ? $0.address.isEveryIPv6 : $0.address.isEveryIPv4)
        }
    }

    /// The listeners with their names in systemd's descriptor store.
    package var storeNames: [(name: String, listener: Listener)] {
        let keys = plan.endpointKeys
        return endpoints.map { (StoreName.text(of: keys[$0.index]), $0.listener) }
    }

    /// Whether clients can be served now or later: a host is up or waits for its address.
    package var mayServe: Bool {
        states.contains { $0.host != nil || $0.trouble?.kind == .awaited }
    }

    /// Removes the files of unix sockets, so that no client can connect any more.
    package func removeSocketFiles() {
        for endpoint in endpoints { endpoint.listener.removeFile() }
    }

    /// The trouble of a host when an endpoint cannot be opened, and the value to change.
    ///
    /// - Parameters:
    ///   - error: the error of opening it.
    ///   - endpoint: the endpoint.
    ///   - host: one of its hosts.
    ///   - inherited: the sockets that the process was started with.
    ///   - user: the user who got the error; nil for the user of this process.
    /// - Returns: the trouble, at the value.
    package static func trouble(
        _ error: SystemError, _ endpoint: PlannedEndpoint, host: HostSettings,
        _ inherited: InheritedListeners? = nil, user: String? = nil
    ) -> HostTrouble {
        let address = endpoint.address
        if error.kind == .portTaken, let obstacle = inherited?.obstacle(to: address) {
            let remedy =
                obstacle.isDualStack
                ? "for both families: BindIPv6Only=ipv6-only in that unit separates them"
                : "and which is not the same address: name one in both"
            return HostTrouble(
                .taken,
                "\(address) cannot be had beside \(obstacle.address), which a socket unit passed \(remedy)",
                at: place(of: error, endpoint, host: host), errorNumber: error.code)
        }
        let isUnix = address.socketAddress == nil
        let message =
            switch error.kind {
            case .addressNotHere: "address \(address.host) is not on this machine"
            case .portTaken: "\(address) is in use by another program"
            case .notPermitted where !isUnix:
                "\(address) needs the capability CAP_NET_BIND_SERVICE, as \(ProgramIdentity.command).service gives it"
            case .noInterface:
                "\(address) needs an interface that is not on this machine: \(error)"
            case _ where error.call == "chown":
                "\(address) cannot be given to UnixOwner: that needs a group which the user of "
                    + "\(ProgramIdentity.command) is in, or the capability CAP_CHOWN"
            case .readOnly:
                "cannot listen on \(address): \(error.reason): use a path below \(ProgramIdentity.current.runtimeDirectory), or add "
                    + "ReadWritePaths= with its directory to the unit"
            case .notASocket: "\(address) is the path of a file that is no socket"
            case .notPermitted:
                "cannot listen on \(address): \(error) for \(user ?? UnixUser.current)"
            case .other: "cannot listen on \(address): \(error)"
            }
        let kind: HostTrouble.Kind =
            switch error.kind {
            case .addressNotHere, .noInterface: .awaited
            case .portTaken: .taken
            case .notPermitted, .notASocket, .readOnly, .other: .address
            }
        return HostTrouble(
            kind, message, at: place(of: error, endpoint, host: host), errorNumber: error.code)
    }

    /// The value that an operator would change.
    private static func place(
        of error: SystemError, _ endpoint: PlannedEndpoint, host: HostSettings
    ) -> SourceLocation {
        let key: ListenerOptions.Key? =
            switch error.call {
            case "SO_BINDTODEVICE": .device
            case "getpwnam", "getgrnam", "chown": .unixOwner
            default: nil
            }
        if let place = key.flatMap({ host.listener.places[$0] }) { return place }
        let address = host.addresses.first {
            switch ($0.value, endpoint.address) {
            case (.unix(let wished, _), .unix(let planned)): wished == planned
            case (.ip(let ip, let zone), .tcp(let socket, let plannedZone)):
                ip == socket.ip && zone == plannedZone
                    && (error.kind == .addressNotHere || error.kind == .noInterface)
            default: false
            }
        }
        if let address { return address.location }
        let port = endpoint.isTLS ? host.tlsPort?.location : host.plainPort?.location
        return port ?? endpoint.location
    }
}

extension ListenPlan {
    /// Spells the sections of running hosts, and the tags that default to them, as in their records.
    fileprivate func spelled(as states: [HostState]) -> ListenPlan {
        var hosts = hosts
        for (index, state) in states.enumerated() {
            guard let host = state.host, hosts[index].section != host.section else { continue }
            (hosts[index].id, hosts[index].tag) = (host.id, host.tag)
        }
        return ListenPlan(hosts: hosts, endpoints: endpoints)
    }
}
