internal import ArgumentParser
internal import Configuration
internal import Serving

/// `icshostd manual`: prints a manual page, which `make docs` keeps in `docs/man`.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Prints a manual page.", shouldDisplay: false)

    /// The pages there are.
    enum Page: String, ExpressibleByArgument, CaseIterable {
        case daemon = "icshostd.8"
        case configuration = "icshostd.conf.5"
        case catalog = "icshostd.catalog"
    }

    @Argument var page: Page

    func run() {
        switch page {
        case .daemon:
            Output.print(ManualCommand.daemonPage)
        case .catalog:
            Output.print(EventCatalog.text)
        case .configuration:
            let handlers = CommandLineInterface.registry.all.map { HandlerDeclaration($0) }
            Output.print(ManualPage.configuration(handlers: handlers, version: Version.text))
        }
    }

    private static var daemonPage: String {
        let configuration = CommandLineInterface.configuration
        var lines = [
            ".TH ICSHOSTD 8 \"\" \"\(ManualPage.escaped(Version.text))\"",
            ".SH NAME", "icshostd \\- \(ManualPage.escaped(configuration.abstract))",
            ".SH DESCRIPTION",
        ]
        lines += introduction.map { ManualPage.escaped($0) }
        lines += help(CommandLineInterface.self, title: "icshostd")
        for command in configuration.subcommands {
            guard command.configuration.shouldDisplay else { continue }
            let name = command.configuration.commandName ?? ""
            lines += help(command, title: "icshostd \(name)")
        }
        lines += [".SH SIGNALS"] + signals.map { ManualPage.escaped($0) }
        lines += [".SH FILES", ".TP", ".I /etc/icshostd/icshostd.conf", "The configuration."]
        lines += [".TP", ".I /var/lib/icshostd", "Certificates that are made here."]
        lines += [".SH \"SEE ALSO\"", "icshostd.conf(5), systemctl(1), journalctl(1)"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// What `--help` says of a command.
    private static func help(_ command: any ParsableCommand.Type, title: String) -> [String] {
        let text = CommandLineInterface.helpMessage(for: command, columns: 76)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return [".SH \"\(title)\"", ".nf"] + lines.map { ManualPage.escaped(String($0)) } + [".fi"]
    }

    private static let introduction = [
        "icshostd listens for many hosts, chooses the host of each client by listener and TLS "
            + "server name, and hands the client to that host's handler. It reports its state to "
            + "systemd and logs to the journal."
    ]

    private static let signals = [
        "SIGTERM and SIGINT stop accepting and let clients finish for DrainTimeout; a second one "
            + "ends them at once.",
        "SIGUSR1 reopens the log files of all handlers, such as the access logs of web hosts, after they were renamed.",
    ]
}
