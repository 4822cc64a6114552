internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving

/// Finds paths that the sandboxed service cannot write, or that it does not see.
struct UnitCheck {
    private let planned: PlannedConfiguration
    private let view: ServiceView
    private var diagnostics = Diagnostics()

    /// Checks each path; handlers check the paths that they write (``ServiceLimits``).
    static func check(_ planned: PlannedConfiguration, _ view: ServiceView) -> Diagnostics {
        var check = UnitCheck(planned: planned, view: view)
        check.checkServer()
        check.checkSockets()
        for host in planned.plan.hosts where host.isEnabled { check.checkFiles(of: host) }
        return check.diagnostics
    }

    private init(planned: PlannedConfiguration, view: ServiceView) {
        self.planned = planned
        self.view = view
    }

    private mutating func checkServer() {
        let server = planned.server
        let socket = server.controlSocket.flatMap { UnixAddress($0) }
        let places = [
            ("StateDirectory", server.stateDirectory),
            ("ControlSocket", socket.flatMap { $0.isAbstract ? nil : $0.directory }),
        ]
        for (key, directory) in places {
            guard let directory, let obstacle = view.obstacle(toWritingIn: directory),
                let place = KeyLookup(planned.loaded).server(key)?.location
            else { continue }
            diagnostics.warn(at: place, "\(key): \(obstacle)")
        }
        checkLists(of: server.access, in: "[Server]")
    }

    private mutating func checkLists(of access: AccessSettings, in section: String) {
        for (key, entries) in access.keys {
            for entry in entries {
                guard let path = entry.value.path, path.hasPrefix("/"),
                    let obstacle = view.obstacle(toSharing: path)
                else { continue }
                diagnostics.error(at: entry.location, "\(section): \(key): \(obstacle)")
            }
        }
    }

    private mutating func checkSockets() {
        for endpoint in planned.plan.endpoints {
            guard let first = endpoint.hosts.first, case .unix(let address) = endpoint.address,
                !address.isAbstract,
                // A socket unit creates its file itself.
                !UnixSocketFile.exists(address.name),
                let obstacle = view.obstacle(toWritingIn: address.directory)
            else { continue }
            diagnostics.warn(
                at: endpoint.location,
                "\(planned.plan.hosts[first].section) cannot be reached at \(address): \(obstacle)")
        }
    }

    private mutating func checkFiles(of host: HostSettings) {
        checkLists(of: host.access, in: host.section)
        let handler = planned.registry[host.handler?.value ?? ""]
        var files = host.certificate.files.map { ("SslCert", $0) }
        files += host.certificate.keys.map { ("SslKey", $0) }
        for key in handler?.keys.map(\.declaration) ?? [] {
            guard case .path = key.kind, let option = host.handlerOptions[key.name],
                case .text(let path) = option.value
            else { continue }
            files.append((key.name, Located(path, at: option.location)))
        }
        for (key, file) in files where file.value.hasPrefix("/") {
            guard let obstacle = view.obstacle(toSharing: file.value) else { continue }
            diagnostics.error(at: file.location, "\(host.section): \(key): \(obstacle)")
        }
    }
}
