internal import Configuration
internal import Glibc
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving
internal import TextFormats

/// Checks whether this machine could listen on the endpoints of a plan, without listening.
///
/// The findings are true at the moment only, so they are warnings or notes.
struct MachineCheck {
    private let planned: PlannedConfiguration
    private let user: EffectiveUser?
    /// `ControlSocket`; nil where the environment determines it.
    private let control: Located<UnixAddress>?
    private var diagnostics = Diagnostics()
    /// The hosts that would be down, by their index in the plan.
    private var down: Set<Int>
    /// Whether one of these hosts waits for an address that may appear.
    private var isAwaited = false
    /// Looked up once, when the first port is in use.
    private var holders: PortHolders?

    /// Binds each endpoint for a moment.
    ///
    /// - Parameters:
    ///   - planned: the configuration; ports of a daemon that runs with the same file are not reported.
    ///   - user: the user whose permissions apply, nil for those of this process.
    /// - Returns: the findings, each at the value that specifies the endpoint.
    static func check(_ planned: PlannedConfiguration, for user: EffectiveUser?) -> Diagnostics {
        var check = MachineCheck(planned, for: user)
        check.checkSharedFiles()
        check.checkControlSocket()
        for endpoint in planned.plan.endpoints where !endpoint.hosts.isEmpty {
            do throws(SystemError) {
                try check.probe(endpoint.address, endpoint.options)
            } catch {
                check.report(error, endpoint)
            }
        }
        check.checkThatAHostRemains()
        return check.diagnostics
    }

    private init(_ planned: PlannedConfiguration, for user: EffectiveUser?) {
        self.planned = planned
        self.user = user
        down = planned.troubled
        control = planned.server.controlSocket.flatMap(UnixAddress.init).flatMap { address in
            KeyLookup(planned.loaded).server("ControlSocket")?.location.map {
                Located(address, at: $0)
            }
        }
    }

    /// Binds an endpoint for a moment; the file of a unix socket with the permissions of the user.
    private func probe(
        _ address: Endpoint, _ options: ListenerOptions = ListenerOptions()
    ) throws(SystemError) {
        guard let user, case .unix = address else {
            return try ListeningSocket.probe(address, options: options)
        }
        let result = try? user.run {
            Result { () throws(SystemError) in
                try ListeningSocket.probe(address, options: options)
            }
        }
        try result?.get()
    }

    /// Reports a control socket that `run` could not open; it would serve without one.
    private mutating func checkControlSocket() {
        guard let control else { return }
        let address = Endpoint.unix(control.value)
        do throws(SystemError) {
            try probe(address)
        } catch {
            // The process that uses it is the daemon of this file.
            guard error.kind != .portTaken, !isMadeAtStart(address, error) else { return }
            let whose = error.code == EACCES ? " for \(userName)" : ""
            diagnostics.warn(
                at: control.location,
                "\(ProgramIdentity.command) status and reload could not reach the daemon: cannot create the socket "
                    + "\(control.value.name): \(error.reason)\(whose)")
        }
    }

    /// Reports that a start would fail, where all hosts would be down.
    private mutating func checkThatAHostRemains() {
        let enabled = plan.hosts.indices.filter { plan.hosts[$0].isEnabled }
        guard let first = enabled.first, !planned.hasErrors, !isAwaited,
            down.isSuperset(of: enabled)
        else { return }
        diagnostics.warn(
            at: plan.hosts[first].location, "all hosts would be down: run would fail")
    }

    /// Reports unix sockets that are the same file by different paths.
    private mutating func checkSharedFiles() {
        let control = UnixAddress(ControlServer.path(planned.server)).map { Self.file(of: $0) }
        let controlPlace = self.control?.location
        var places: [String: PlannedEndpoint] = [:]
        for endpoint in plan.endpoints where !endpoint.hosts.isEmpty {
            guard case .unix(let address) = endpoint.address, !address.isAbstract else { continue }
            let file = Self.file(of: address)
            if file == control {
                diagnostics.error(
                    at: endpoint.location,
                    "\(address) is also the path of ControlSocket: no command could reach the daemon",
                    related: controlPlace.map { [.init(at: $0, "ControlSocket is here")] } ?? [])
            } else if let first = places[file] {
                let who = who(endpoint)
                diagnostics.error(
                    at: endpoint.location,
                    "\(who) would be down: \(address) is the same file as "
                        + "\(first.address)",
                    related: [.init(at: first.location, "\(first.address) is here")])
            } else {
                places[file] = endpoint
            }
        }
    }

    /// The path of a socket file without links in its directory: the file itself may not exist yet.
    private static func file(of address: UnixAddress) -> String {
        let folder = Surroundings.Files.disk.identity(address.directory)
        let slash = address.name.lastIndex(of: "/") ?? address.name.startIndex
        return (folder == "/" ? "" : folder) + address.name[slash...]
    }

    /// Whether only the directory is missing that systemd creates when the service starts.
    private func isMadeAtStart(_ address: Endpoint, _ error: SystemError) -> Bool {
        guard case .unix(let address) = address, !address.isAbstract, error.code == ENOENT else {
            return false
        }
        let folder = ControlServer.runtimeDirectory
        return address.directory == folder && !UnixSocketFile.exists(folder)
    }

    private var plan: ListenPlan { planned.plan }

    /// The user whose permissions are checked.
    private var userName: String { user.map { "user \($0.name)" } ?? UnixUser.current }

    private func who(_ endpoint: PlannedEndpoint) -> String {
        guard let first = endpoint.hosts.first else { return "" }
        let others = endpoint.hosts.count - 1
        return plan.hosts[first].section
            + (others > 0 ? " and \(others.counted("other host"))" : "")
    }

    private mutating func report(_ error: SystemError, _ endpoint: PlannedEndpoint) {
        guard let first = endpoint.hosts.first, !isMadeAtStart(endpoint.address, error) else {
            return
        }
        let trouble = OpenedPlan.trouble(
            error, endpoint, host: plan.hosts[first], user: userName)
        guard trouble.kind == .taken else { return takeDown(trouble, endpoint) }
        let holders = self.holders ?? PortHolders(configuration: planned.path)
        self.holders = holders
        let found = holders.holders(of: endpoint.address)
        guard !found.contains(where: \.isOurs) else { return }
        if let daemon = found.first(where: { mayBeDraft($0, holders) }) {
            let consequence = planned.consequence(for: who(endpoint))
            diagnostics.note(
                at: trouble.location,
                "unless this file replaces \((daemon.configuration ?? "").quoted), "
                    + "\(consequence)\(endpoint.address) is in use by \(daemon.name.quoted), process "
                    + "\(daemon.process)")
        } else if let other = found.first(where: { !$0.isManager }) {
            takeDown(
                trouble, endpoint,
                because: "\(endpoint.address) is in use by \(other.name.quoted), process "
                    + "\(other.process)")
        } else if let manager = found.first {
            let who = who(endpoint)
            diagnostics.note(
                at: trouble.location,
                "\(endpoint.address) is held by \(manager.name.quoted), which passes it to a "
                    + "service: \(who) can use it if that service is \(ProgramIdentity.command)")
        } else if let daemon = holders.daemon {
            diagnostics.note(
                at: trouble.location,
                "\(endpoint.address) is in use, by a process that \(UnixUser.current) may not "
                    + "inspect: \(daemon.name.quoted), process \(daemon.process), serves "
                    + (daemon.isOurs ? "this file" : (daemon.configuration ?? "").quoted))
        } else {
            takeDown(trouble, endpoint)
        }
    }

    /// Whether this file may be a draft for the daemon of another file: not where the two have different
    /// control sockets.
    private func mayBeDraft(_ holder: PortHolder, _ holders: PortHolders) -> Bool {
        guard let control else { return holder.isDaemon }
        return holders.holders(of: .unix(control.value)).contains(holder)
    }

    private mutating func takeDown(
        _ trouble: HostTrouble, _ endpoint: PlannedEndpoint, because reason: String? = nil
    ) {
        down.formUnion(endpoint.hosts)
        if trouble.kind == .awaited { isAwaited = true }
        let consequence = planned.consequence(for: who(endpoint))
        diagnostics.warn(at: trouble.location, consequence + (reason ?? trouble.message))
    }
}
