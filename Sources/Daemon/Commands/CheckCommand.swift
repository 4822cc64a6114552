internal import ArgumentParser
internal import Configuration
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving
internal import TextFormats

/// `icshostd check`: finds everything that is wrong with a configuration, and changes nothing.
struct CheckCommand: HandlerCommand {
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

    func validate() throws {
        guard let user else { return }
        guard EffectiveUser.isRoot else { throw ValidationError("only root can check for a user") }
        guard EffectiveUser(user) != nil else { throw ValidationError("there is no user \(user)") }
    }

    func run(with registry: HandlerRegistry) throws {
        let check = ConfigurationCheck(configuration.path, user: user)
        try tell(
            check.findings {
                try PlannedConfiguration.read(configuration.path, registry, json: json)
            })
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
