internal import ArgumentParser
internal import Configuration
internal import TextFormats

/// `icshostd manual`: prints a document about this program: for icshostd, `make docs` keeps them.
struct ManualCommand: HandlerCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Prints a manual page.", shouldDisplay: false)

    /// The documents, by their file names without that of the program.
    enum Page: String, ExpressibleByArgument, CaseIterable {
        case daemon = ".8"
        case configuration = ".conf.5"
        case sample = ".conf"
        case catalog = ".catalog"

        /// The file name, such as `icshostd.8`.
        var name: String { ProgramIdentity.command + rawValue }

        init?(argument: String) {
            guard let page = Self.allCases.first(where: { $0.name == argument }) else { return nil }
            self = page
        }

        static var allValueStrings: [String] { allCases.map(\.name) }
    }

    @Argument var page: Page

    func run(with registry: HandlerRegistry) {
        let handlers = registry.all.map { HandlerDeclaration($0) }
        let text =
            switch page {
            case .daemon: Self.daemonPage
            case .configuration: ManualPage.configuration(handlers: handlers)
            case .sample: SampleConfiguration.text(handlers: handlers)
            case .catalog: EventCatalog.text
            }
        Output.print(text)
    }

    private static var daemonPage: String {
        let (configuration, program) = (CommandLineInterface.configuration, ProgramIdentity.current)
        let name = ManualPage.escaped(program.name)
        var lines = [
            ".TH \(name.uppercased()) 8 \"\" \"\(ManualPage.escaped(program.title))\"",
            ".SH NAME", "\(name) \\- \(ManualPage.escaped(configuration.abstract))",
            ".SH DESCRIPTION",
        ]
        lines += introduction.map { ManualPage.escaped($0) }
        lines += help(CommandLineInterface.self, title: program.name)
        for command in configuration.subcommands {
            guard command.configuration.shouldDisplay else { continue }
            let word = command.configuration.commandName ?? ""
            lines += help(command, title: "\(program.name) \(word)")
        }
        lines += [".SH SIGNALS"] + signals.map { ManualPage.escaped($0) }
        lines += [".SH FILES"]
        lines += file(program.configurationFile, "The configuration.")
        lines += file(program.stateDirectory, "Self-signed certificates.")
        lines += [".SH \"SEE ALSO\"", "\(name).conf(5), systemctl(1), journalctl(1)"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func file(_ path: String, _ purpose: String) -> [String] {
        [".TP", ".I \(ManualPage.escaped(path))", purpose]
    }

    /// The `--help` text of a command.
    private static func help(_ command: any ParsableCommand.Type, title: String) -> [String] {
        let text = CommandLineInterface.helpMessage(for: command, columns: 76)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return [".SH \"\(ManualPage.escaped(title))\"", ".nf"]
            + lines.map { ManualPage.escaped(String($0)) } + [".fi"]
    }

    private static let introduction = [
        "\(ProgramIdentity.command) listens on plain and TLS sockets for many hosts. It selects the host of each client "
            + "by the listener and the TLS server name, and passes the client to the handler of that "
            + "host. It reports its state to systemd and logs to the journal. "
            + "\(ProgramIdentity.command).conf(5) describes the configuration."
    ]

    private static let signals = [
        "SIGTERM and SIGINT shut down: the daemon stops accepting clients and waits up to DrainTimeout "
            + "for the connected ones. A second signal disconnects them at once.",
        "SIGHUP reloads the configuration.",
        "SIGUSR1 reopens the log files of all handlers, such as the access logs of web hosts, after they "
            + "have been renamed.",
    ]
}
