internal import ArgumentParser
public import HandlerAPI
internal import Serving

/// Runs the command line of a daemon with these handlers, and ends the process.
///
/// A program of its own is a `main` that passes the built-in handlers and its own:
/// `Daemon.run(handlers: BuiltinHandlers.all + [Greeting.self])`. Of two handlers with one name the
/// later one counts. The exit status is 0 when done, 1 for mistakes of the configuration, 2 when it
/// cannot be read, 64 for a wrong command line, or none: a daemon starts with the command `run`.
///
/// - Parameter handlers: what `Handler=` can name.
public func run(handlers: [any Handler.Type]) -> Never {
    StandardStreams.fillGaps()
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
