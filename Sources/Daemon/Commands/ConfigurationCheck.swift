internal import Configuration
internal import HandlerAPI
internal import Platform
internal import Serving
internal import Systemd

/// What `check` finds in a file that is there, or is to be written.
///
/// Where root asks, it is with the rights of the user that will serve, and what its unit lets it see.
struct ConfigurationCheck {
    /// The user of the shipped unit.
    private static let serviceUser = "icshostd"

    private let reader: EffectiveUser?
    private let unit: UnitSettings?
    /// What the service sees; nil where the file is none of its, since it could not even read that.
    private let view: ServiceView?

    /// Prepares to look at a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - user: with whose rights root reads; that of the service, if there is one, for nil.
    init(_ path: String, user: String? = nil) {
        let name = user ?? Self.serviceUser
        reader = EffectiveUser.isRoot ? EffectiveUser(name) : nil
        unit = reader.flatMap { _ in UnitSettings(of: Self.serviceUser + ".service") }
        let view = name == Self.serviceUser ? unit.map { ServiceView($0) } : nil
        let identity = Surroundings.Files.disk.identity(path)
        self.view = view?.obstacle(toSharing: identity) == nil ? view : nil
    }

    /// Reads the configuration, and adds all that is to be said of it.
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

    /// Adds all that files say.
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
        planned.append(diagnostics)
        return planned
    }
}
