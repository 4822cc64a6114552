internal import ArgumentParser
public import HandlerAPI
internal import Serving
@_exported public import SocketServer

/// The daemon as a program: the configuration file, the command line, systemd.
public enum Daemon {
    /// Runs the command line of a daemon with these handlers, and exits.
    ///
    /// A program of its own is a `main` that passes the built-in handlers and its own:
    /// `Daemon.run(handlers: BuiltinHandlers.all + [Greeting.self])`. Of two handlers with one name the
    /// later one is used. The exit status is 0 for success, 1 for mistakes in the configuration, 2 when
    /// it cannot be read, 64 for a wrong or missing command, and 70 for a handler with a
    /// mistake in its keys: a daemon starts with `run`.
    ///
    /// - Parameter handlers: the values of `Handler=`.
    public static func run(handlers: [any Handler.Type]) -> Never {
        StandardStreams.fillGaps()
        let mistakes = HandlerRegistry.mistakes(in: handlers)
        guard mistakes.isEmpty else {
            Output.report(mistakes.map { "icshostd: \($0)\n" }.joined())
            CommandLineInterface.exit(withError: ExitStatus.software)
        }
        let words = CommandWord.translated(Array(CommandLine.arguments.dropFirst()))
        if let mistake = CommandWord.mistake(words) {
            Output.report("icshostd: \(mistake)\n")
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
