/// Splits a value into words, as a shell does, without any expansion.
///
/// Blanks separate words. Between double quotes a backslash takes the next `"` or `\` as it is;
/// between single quotes nothing is special; outside quotes a backslash takes the next character as it is.
enum CommandWords {
    /// A quote that is not closed.
    struct Unterminated: Error {
        let quote: Character
    }

    /// Splits.
    ///
    /// - Returns: the words; `""` is one without characters.
    static func split(_ line: String) throws(Unterminated) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = line[...]
        while let next = rest.popFirst() {
            switch (next, quote) {
            case ("\\", nil):
                word = (word ?? "") + (rest.popFirst().map(String.init) ?? "\\")
            case ("\\", "\"") where rest.first == "\"" || rest.first == "\\":
                word = (word ?? "") + String(rest.removeFirst())
            case (_, next):
                quote = nil
            case ("\"", nil), ("'", nil):
                quote = next
                word = word ?? ""
            case (" ", nil), ("\t", nil):
                if let whole = word { words.append(whole) }
                word = nil
            default:
                word = (word ?? "") + String(next)
            }
        }
        if let quote { throw Unterminated(quote: quote) }
        if let word { words.append(word) }
        return words
    }
}
