internal import ArgumentParser
internal import Configuration
internal import Serving

/// `icshostd manual`: prints a manual page, which `make docs` keeps in `docs/man`.
struct ManualCommand: HandlerCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Prints a manual page.", shouldDisplay: false)

    /// The pages.
    enum Page: String, ExpressibleByArgument, CaseIterable {
        case daemon = "icshostd.8"
        case configuration = "icshostd.conf.5"
        case catalog = "icshostd.catalog"
    }

    @Argument var page: Page

    func run(with registry: HandlerRegistry) {
        switch page {
        case .daemon:
            Output.print(ManualCommand.daemonPage)
        case .catalog:
            Output.print(EventCatalog.text)
        case .configuration:
            let handlers = registry.all.map { HandlerDeclaration($0) }
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
        lines += [".TP", ".I /var/lib/icshostd", "Self-signed certificates."]
        lines += [".SH \"SEE ALSO\"", "icshostd.conf(5), systemctl(1), journalctl(1)"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The `--help` text of a command.
    private static func help(_ command: any ParsableCommand.Type, title: String) -> [String] {
        let text = CommandLineInterface.helpMessage(for: command, columns: 76)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return [".SH \"\(title)\"", ".nf"] + lines.map { ManualPage.escaped(String($0)) } + [".fi"]
    }

    private static let introduction = [
        "icshostd listens on plain and TLS sockets for many hosts. It selects the host of each client "
            + "by the listener and the TLS server name, and passes the client to the handler of that "
            + "host. It reports its state to systemd and logs to the journal. icshostd.conf(5) "
            + "describes the configuration."
    ]

    private static let signals = [
        "SIGTERM and SIGINT shut down: the daemon stops accepting clients and waits up to DrainTimeout "
            + "for the connected ones. A second signal disconnects them at once.",
        "SIGHUP reloads the configuration.",
        "SIGUSR1 reopens the log files of all handlers, such as the access logs of web hosts, after they "
            + "have been renamed.",
    ]
}
