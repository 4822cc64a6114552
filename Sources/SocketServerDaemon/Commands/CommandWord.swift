internal import ArgumentParser
internal import Configuration
internal import TextFormats

/// The first word of a command line: aliases that other daemons use, and the error for an unknown
/// command.
enum CommandWord {
    /// The names that other daemons use.
    private static let aliases = ["-t": "check", "version": "--version", "-V": "--version"]

    /// The commands of ArgumentParser itself.
    private static let own = ["help"]

    /// The command line without aliases.
    static func translated(_ words: [String]) -> [String] {
        guard let first = words.first, let alias = aliases[first] else { return words }
        return [alias] + words.dropFirst()
    }

    /// The error for an unknown command; nil where the first word is a command or an option.
    static func mistake(_ words: [String]) -> String? {
        guard let word = words.first, !word.hasPrefix("-") else { return nil }
        let all = CommandLineInterface.configuration.subcommands.map { $0.configuration }
        let names = all.compactMap { $0.commandName }
        guard !(names + own).contains(word) else { return nil }
        let shown = all.filter { $0.shouldDisplay }.compactMap { $0.commandName }
        // A prefix of a command, however short.
        let whole = word.isEmpty ? nil : shown.first { $0.hasPrefix(word.lowercased()) }
        let hint = Suggestion.hint(for: whole ?? word, among: shown)
        return "unknown command \(word.quoted)\(hint)\n"
            + "The commands are \(shown.joined(separator: ", ")); see \(ProgramIdentity.command) help COMMAND."
    }
}
