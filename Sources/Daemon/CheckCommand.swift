internal import ArgumentParser
internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Serving
internal import Systemd

/// `icshostd check`: finds everything that is wrong with a configuration, and changes nothing.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Prints every mistake of a configuration with its place.",
        discussion: """
            Certificates are loaded and handlers started as run would. Addresses and ports are \
            tried, but what they say about this machine at this moment is only a warning. Root \
            reads all files with the rights of the user icshostd, as the service will.
            """)

    @OptionGroup var configuration: ConfigurationArgument

    @Flag(help: "Print JSON instead of text.")
    var json = false

    @Flag(help: "Take warnings for mistakes.")
    var strict = false

    @Option(
        help: ArgumentHelp(
            "As root: read all files with the rights of this user; icshostd, if there is one.",
            valueName: "USER"))
    var user: String?

    /// The user of the shipped unit.
    private static let serviceUser = "icshostd"

    func validate() throws {
        guard let user else { return }
        guard EffectiveUser.isRoot else { throw ValidationError("only root can check for a user") }
        guard EffectiveUser(user) != nil else { throw ValidationError("there is no user \(user)") }
    }

    func run() throws {
        let reader =
            EffectiveUser.isRoot ? EffectiveUser(user ?? CheckCommand.serviceUser) : nil
        let unit = reader.flatMap { _ in UnitSettings(of: CheckCommand.serviceUser + ".service") }
        let view = (user ?? CheckCommand.serviceUser) == CheckCommand.serviceUser ? view(unit) : nil
        let limits = view?.limits ?? ServiceLimits()
        var planned =
            try reader?.run(keeping: unit?.ambientCapabilities ?? 0) { try read(limits) }
            ?? read(limits)
        if let view { planned.append(UnitCheck.check(planned, view)) }
        planned.append(ListenerStore.check(planned.plan, room: ListenerStore.shippedRoom))
        planned.append(MachineCheck.check(planned, for: reader))
        try tell(planned)
    }

    /// What the service sees; nil where the file is none of its, since it could not even read that.
    private func view(_ unit: UnitSettings?) -> ServiceView? {
        let view = unit.map { ServiceView($0) }
        let path = Surroundings.Files.disk.identity(configuration.path)
        return view?.obstacle(toSharing: path) == nil ? view : nil
    }

    /// All that files say.
    private func read(_ limits: ServiceLimits) throws -> PlannedConfiguration {
        var planned = try PlannedConfiguration.read(configuration.path, json: json)
        planned.append(
            HostPreparation.examine(
                planned.plan, registry: CommandLineInterface.registry,
                stateDirectory: StateDirectory.path(planned.server), limits: limits))
        planned.append(DirectoryCheck.check(planned))
        var diagnostics = Diagnostics()
        TicketKeyRing().use(planned.server, into: &diagnostics)
        planned.append(diagnostics)
        return planned
    }

    private func tell(_ planned: PlannedConfiguration) throws {
        let isRefused =
            planned.hasErrors || (strict && planned.loaded.diagnostics.count(.warning) > 0)
        if json {
            Output.print(planned.loaded.diagnostics.json)
        } else {
            Output.report(planned.report)
        }
        guard !isRefused else { throw ExitStatus.mistakes }
        guard !json else { return }
        let enabled = planned.plan.hosts.count(where: \.isEnabled)
        Output.print(
            "\(planned.path): no mistakes; \(enabled) of \(planned.plan.hosts.count.counted("host"))"
                + " enabled, \(planned.plan.endpoints.count.counted("listener"))\n")
    }
}
