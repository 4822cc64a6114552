internal import ArgumentParser
internal import Configuration

/// The first word of a command line: what other daemons call a command is understood, and a word that is
/// none is answered with those that there are.
enum CommandWord {
    /// What the same is called elsewhere.
    private static let aliases = ["-t": "check", "version": "--version", "-V": "--version"]

    /// What ArgumentParser itself answers.
    private static let own = ["help"]

    /// The command line in our own words.
    static func translated(_ words: [String]) -> [String] {
        guard let first = words.first, let alias = aliases[first] else { return words }
        return [alias] + words.dropFirst()
    }

    /// Why a command line is none, for people; nil where its first word is a command or an option.
    static func mistake(_ words: [String]) -> String? {
        guard let word = words.first, !word.hasPrefix("-") else { return nil }
        let all = CommandLineInterface.configuration.subcommands.map { $0.configuration }
        let names = all.compactMap { $0.commandName }
        guard !(names + own).contains(word) else { return nil }
        let shown = all.filter { $0.shouldDisplay }.compactMap { $0.commandName }
        // The beginning of a command, however much is missing.
        let whole = word.isEmpty ? nil : shown.first { $0.hasPrefix(word.lowercased()) }
        let hint = Suggestion.hint(for: whole ?? word, among: shown)
        return "there is no command \(word.quoted)\(hint)\n"
            + "The commands are \(shown.joined(separator: ", ")); icshostd help COMMAND tells more."
    }
}
