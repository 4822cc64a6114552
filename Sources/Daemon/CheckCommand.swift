internal import ArgumentParser
internal import Configuration
internal import Planning
internal import Serving

/// `icshostd check`: finds everything that is wrong with a configuration, and changes nothing.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Prints every mistake of a configuration with its place.",
        discussion: """
            Certificates are loaded and handlers started as run would. Addresses and ports are \
            tried, but what they say about this machine at this moment is only a warning.
            """)

    @OptionGroup var option: ConfigurationOption

    @Flag(help: "Print JSON instead of text.")
    var json = false

    @Flag(help: "Take warnings for mistakes.")
    var strict = false

    func run() throws {
        var planned = try PlannedConfiguration.read(option)
        if !planned.hasErrors {
            var prepared = HostPreparation.prepare(
                planned.plan, registry: CommandLineInterface.registry,
                stateDirectory: StateDirectory.path(planned.server), purpose: .check)
            TicketKeyRing().use(planned.server, into: &prepared.diagnostics)
            planned.append(prepared.diagnostics)
            planned.append(certificates: prepared.reports)
            planned.append(troubles: prepared.states)
            planned.append(MachineCheck.check(planned.plan, configuration: option.config))
        }
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
            "\(option.config): no mistakes; \(enabled) of \(planned.plan.hosts.count) hosts"
                + " enabled, \(planned.plan.endpoints.count) listeners\n")
    }
}
