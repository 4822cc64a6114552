internal import ArgumentParser
internal import Configuration
internal import TextFormats

/// `icshostd`, with its subcommands.
struct CommandLineInterface: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ProgramIdentity.command,
        abstract: ProgramIdentity.current.summary,
        discussion: """
            Exit status: 0 for success, 1 for mistakes in the configuration or when no host can \
            start, 2 when the configuration cannot be read, 3 when no daemon answers, 64 for a \
            wrong command line. \(ProgramIdentity.command) -t is \(ProgramIdentity.command) check; \(ProgramIdentity.command) -V is \
            \(ProgramIdentity.command) --version.
            """,
        version: ProgramIdentity.current.title,
        subcommands: [
            RunCommand.self, ReloadCommand.self, StatusCommand.self, ClientsCommand.self,
            DisconnectCommand.self, CheckCommand.self, PlanCommand.self, ExplainCommand.self,
            ConvertCommand.self, InitCommand.self, HandlersCommand.self, ManualCommand.self,
        ])

    /// Parses a command line and runs its command.
    ///
    /// - Parameters:
    ///   - words: the command line without the name of the program.
    ///   - registry: the handlers that the program was built with.
    /// - Throws: mistakes of the command line, and the exit status.
    static func run(_ words: [String], with registry: HandlerRegistry) throws {
        var command = try parseAsRoot(words)
        if let command = command as? any HandlerCommand {
            try command.run(with: registry)
        } else {
            try command.run()
        }
    }

    /// Prints the help: a daemon starts only with the subcommand `run`.
    func run() throws {
        Output.report(Self.helpMessage() + "\n")
        throw ExitCode.validationFailure
    }
}

/// A command that needs the handlers that the program was built with.
protocol HandlerCommand: ParsableCommand {
    /// Runs the command.
    func run(with registry: HandlerRegistry) throws
}

/// The option `--config`.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration file (default: \(ProgramIdentity.current.configurationFile)).",
            valueName: "FILE"))
    var config: String?

    /// The path of the file.
    var path: String { config ?? ProgramIdentity.current.configurationFile }
}

/// The configuration file of a command: `FILE` or `--config FILE`.
struct ConfigurationArgument: ParsableArguments {
    @Argument(help: "The configuration file.")
    var file: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The same (default: \(ProgramIdentity.current.configurationFile)).", valueName: "FILE"))
    var config: String?

    func validate() throws {
        guard file != nil, config != nil else { return }
        throw ValidationError("name the configuration once: FILE or --config FILE")
    }

    /// The path of the file.
    var path: String { file ?? config ?? ProgramIdentity.current.configurationFile }
}

/// The exit statuses of every subcommand; ArgumentParser itself uses 64.
enum ExitStatus {
    static let mistakes = ExitCode(1)
    static let unreadable = ExitCode(2)
    static let unreachable = ExitCode(3)
    static let software = ExitCode(70)
}
