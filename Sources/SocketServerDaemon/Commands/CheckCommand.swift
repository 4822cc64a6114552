internal import ArgumentParser
internal import Configuration
internal import NetworkTypes
internal import Planning
internal import Platform
internal import TextFormats

/// `icshostd check`: reports all mistakes of a configuration, and changes nothing.
struct CheckCommand: HandlerCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks a configuration and reports all mistakes.",
        discussion: """
            Each mistake is printed with its file, line and column. Certificates are loaded and \
            handlers created as by \(ProgramIdentity.command) run. An address or port that is not available at \
            the moment is only a warning. As root, all files are read with the permissions of \
            the user \(ProgramIdentity.command), as by the service.
            """)

    @OptionGroup var configuration: ConfigurationArgument

    @Flag(help: "Print JSON instead of text.")
    var json = false

    @Flag(help: "Exit with status 1 on warnings, too.")
    var strict = false

    @Option(
        help: ArgumentHelp(
            "As root: read all files with the permissions of this user (default: \(ProgramIdentity.command)).",
            valueName: "USER"))
    var user: String?

    func validate() throws {
        guard let user else { return }
        guard EffectiveUser.isRoot else { throw ValidationError("--user requires root") }
        guard EffectiveUser(user) != nil else {
            throw ValidationError("--user must be an existing user, not \"\(user)\"")
        }
    }

    func run(with registry: HandlerRegistry) throws {
        let check = ConfigurationCheck(configuration.path, user: user)
        try report(
            check.findings {
                try PlannedConfiguration.read(configuration.path, registry, json: json)
            })
    }

    private func report(_ planned: PlannedConfiguration) throws {
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
