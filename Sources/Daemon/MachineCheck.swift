internal import Configuration
internal import EventLoops
internal import Glibc
internal import NetworkTypes
internal import Planning
internal import Serving

/// Asks this machine whether the endpoints of a plan could be listened on, without listening.
///
/// What it says holds for this moment, so it is a warning, a note where it need not be one.
struct MachineCheck {
    private let plan: ListenPlan
    private let configuration: String
    private let user: EffectiveUser?
    private var diagnostics = Diagnostics()
    /// Looked up once, when somebody has a port.
    private var holders: PortHolders?

    /// Binds each endpoint for a moment.
    ///
    /// - Parameters:
    ///   - planned: what is to be listened on; a daemon that serves its file has its ports rightly.
    ///   - user: with whose rights files are made, nil for those of this process.
    /// - Returns: what there is to tell, each endpoint at the value that asks for it.
    static func check(_ planned: PlannedConfiguration, for user: EffectiveUser?) -> Diagnostics {
        var check = MachineCheck(
            plan: planned.plan, configuration: planned.path, user: user)
        check.tellSharedFiles(planned)
        for endpoint in planned.plan.endpoints where !endpoint.hosts.isEmpty {
            do throws(SystemError) {
                try check.probe(endpoint)
            } catch {
                check.tell(error, endpoint)
            }
        }
        return check.diagnostics
    }

    private init(plan: ListenPlan, configuration: String, user: EffectiveUser?) {
        self.plan = plan
        self.configuration = configuration
        self.user = user
    }

    /// Tries an endpoint: the file of a unix socket with the rights of the user.
    private func probe(_ endpoint: PlannedEndpoint) throws(SystemError) {
        guard let user, case .unix = endpoint.address else {
            return try ListeningSocket.probe(endpoint.address, options: endpoint.options)
        }
        let result = try? user.run {
            Result { () throws(SystemError) in
                try ListeningSocket.probe(endpoint.address, options: endpoint.options)
            }
        }
        try result?.get()
    }

    /// Tells of unix sockets that are one file by two names, whatever links lead to it.
    private mutating func tellSharedFiles(_ planned: PlannedConfiguration) {
        let control = UnixAddress(ControlServer.path(planned.server)).map { Self.file(of: $0) }
        let controlPlace = planned.server.controlSocket.flatMap { _ in
            KeyLookup(planned.loaded).server("ControlSocket")?.location
        }
        var places: [String: PlannedEndpoint] = [:]
        for endpoint in plan.endpoints where !endpoint.hosts.isEmpty {
            guard case .unix(let address) = endpoint.address, !address.isAbstract else { continue }
            let file = Self.file(of: address)
            if file == control {
                diagnostics.error(
                    at: endpoint.location,
                    "\(address) is the file of ControlSocket, too: nothing could reach the daemon there",
                    related: controlPlace.map { [.init(at: $0, "ControlSocket is here")] } ?? [])
            } else if let first = places[file] {
                let who = who(endpoint)
                diagnostics.error(
                    at: endpoint.location,
                    "\(who) would be left out: \(address) is the file of "
                        + "\(first.address), too",
                    related: [.init(at: first.location, "\(first.address) is here")])
            } else {
                places[file] = endpoint
            }
        }
    }

    /// The path that all names of a socket's file have in common: of its directory, for itself it may
    /// not be there yet.
    private static func file(of address: UnixAddress) -> String {
        let folder = Surroundings.Files.disk.identity(address.directory)
        let slash = address.name.lastIndex(of: "/") ?? address.name.startIndex
        return (folder == "/" ? "" : folder) + address.name[slash...]
    }

    /// Whether all that a socket lacks is the directory that systemd makes when the service starts.
    private func isMadeAtStart(_ address: Endpoint, _ error: SystemError) -> Bool {
        guard case .unix(let address) = address, !address.isAbstract, error.code == ENOENT else {
            return false
        }
        let folder = ControlServer.runtimeDirectory
        return address.directory == folder && !UnixSocketFile.exists(folder)
    }

    private func who(_ endpoint: PlannedEndpoint) -> String {
        guard let first = endpoint.hosts.first else { return "" }
        let others = endpoint.hosts.count - 1
        return plan.hosts[first].section
            + (others > 0 ? " and \(others.counted("other host"))" : "")
    }

    private mutating func tell(_ error: SystemError, _ endpoint: PlannedEndpoint) {
        guard let first = endpoint.hosts.first, !isMadeAtStart(endpoint.address, error) else {
            return
        }
        let trouble = OpenedPlan.trouble(error, endpoint, host: plan.hosts[first])
        let who = who(endpoint)
        guard error.kind == .portTaken else {
            return diagnostics.warn(
                at: trouble.location, "\(who) would be left out: \(trouble.message)")
        }
        let holders = self.holders ?? PortHolders(configuration: configuration)
        self.holders = holders
        let found = holders.holders(of: endpoint.address)
        guard !found.contains(where: \.isOurs) else { return }
        if let other = found.first(where: { !$0.isManager }) {
            diagnostics.warn(
                at: trouble.location,
                "\(who) would be left out: \(endpoint.address) is in use by \(other.name.quoted), "
                    + "process \(other.process)")
        } else if let manager = found.first {
            diagnostics.note(
                at: trouble.location,
                "\(endpoint.address) is held by \(manager.name.quoted), which keeps it for a "
                    + "service: \(who) gets it if that is icshostd")
        } else if let daemon = holders.daemon {
            diagnostics.note(
                at: trouble.location,
                "\(endpoint.address) is in use, by a process that this user may not look into: "
                    + "\(daemon.name.quoted), process \(daemon.process), serves this file")
        } else {
            diagnostics.warn(
                at: trouble.location, "\(who) would be left out: \(trouble.message)")
        }
    }
}
