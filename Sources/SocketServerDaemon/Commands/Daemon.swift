internal import ArgumentParser
internal import Configuration
public import HandlerAPI
@_exported public import SocketServer
internal import TextFormats

/// The daemon as a program: the configuration file, the command line, systemd.
public enum Daemon {
    /// Runs the command line of a daemon with these handlers, and exits.
    ///
    /// A program of its own is a `main` that passes the built-in handlers and its own:
    ///
    /// ```swift
    /// Daemon.run(
    ///     handlers: BuiltinHandlers.all + [Greeting.self],
    ///     program: DaemonProgram(name: "greeting", version: "1.0.0"))
    /// ```
    ///
    /// Of two handlers with one name the later one is used. The exit status is 0 for success, 1 for mistakes
    /// in the configuration, 2 when it cannot be read, 3 when no daemon answers, 64 for a wrong or missing
    /// command, and 70 for a handler with a mistake in its keys: a daemon starts with `run`.
    ///
    /// - Parameters:
    ///   - handlers: the values of `Handler=`.
    ///   - program: the name of the program, and what is named after it.
    public static func run(
        handlers: [any Handler.Type], program: DaemonProgram = .icshostd
    ) -> Never {
        StandardStreams.fillGaps()
        program.identity.adopt()
        let mistakes = HandlerRegistry.mistakes(in: handlers)
        guard mistakes.isEmpty else {
            for mistake in mistakes { Output.complain(mistake) }
            CommandLineInterface.exit(withError: ExitStatus.software)
        }
        let words = CommandWord.translated(Array(CommandLine.arguments.dropFirst()))
        if let mistake = CommandWord.mistake(words) {
            Output.complain(mistake)
            CommandLineInterface.exit(withError: ExitCode.validationFailure)
        }
        do {
            try CommandLineInterface.run(words, with: HandlerRegistry(handlers))
            CommandLineInterface.exit()
        } catch {
            CommandLineInterface.exit(withError: error)
        }
    }
}
