internal import Configuration
internal import HandlerAPI
internal import Platform
internal import Serving
internal import Systemd
internal import TextFormats

/// The checks of `icshostd check`, for a file on disk or a draft.
///
/// As root, files are read with the permissions of the service's user, and with the restrictions of its
/// unit.
struct ConfigurationCheck {
    /// The user of the service, and the name of its unit.
    private static var serviceUser: String { ProgramIdentity.command }

    private let reader: EffectiveUser?
    private let unit: UnitSettings?
    /// The file system as the service sees it; nil for a file that the service cannot read at all.
    private let view: ServiceView?

    /// Prepares the checks of a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - user: the user whose permissions root uses; nil for that of the service, if it exists.
    init(_ path: String, user: String? = nil) {
        let name = user ?? Self.serviceUser
        reader = EffectiveUser.isRoot ? EffectiveUser(name) : nil
        unit = reader.flatMap { _ in UnitSettings(of: Self.serviceUser + ".service") }
        let view = name == Self.serviceUser ? unit.map { ServiceView($0) } : nil
        let identity = Surroundings.Files.disk.identity(path)
        self.view = view?.obstacle(toSharing: identity) == nil ? view : nil
    }

    /// Reads the configuration, and adds the findings of all checks.
    func findings(
        reading read: () throws -> PlannedConfiguration
    ) throws -> PlannedConfiguration {
        let limits = view?.limits ?? ServiceLimits()
        var planned =
            try reader?.run(keeping: unit?.ambientCapabilities ?? 0) {
                try examined(read(), limits)
            }
            ?? examined(read(), limits)
        if let view { planned.append(UnitCheck.check(planned, view)) }
        planned.append(ListenerStore.check(planned.plan, room: ListenerStore.shippedRoom))
        planned.append(MachineCheck.check(planned, for: reader))
        return planned
    }

    /// Adds the findings about files.
    private func examined(
        _ planned: PlannedConfiguration, _ limits: ServiceLimits
    ) -> PlannedConfiguration {
        var planned = planned
        planned.append(
            HostPreparation.examine(
                planned.plan, registry: planned.registry,
                stateDirectory: StateDirectory.path(planned.server), limits: limits))
        planned.append(DirectoryCheck.check(planned))
        var diagnostics = Diagnostics()
        TicketKeyRing().use(planned.server, into: &diagnostics)
        _ = ServerAccess.rules(of: planned.server, for: .check, into: &diagnostics)
        planned.append(diagnostics)
        return planned
    }
}
