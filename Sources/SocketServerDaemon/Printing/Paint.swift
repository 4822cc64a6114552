internal import Glibc
internal import Platform

/// Colours for a terminal (ECMA-48).
///
/// Not used in a pipe, on a dumb terminal, or where `NO_COLOR` is set (no-color.org).
enum Paint: String {
    case red = "31"
    case yellow = "33"
    case green = "32"
    case cyan = "36"
    case bold = "1"

    /// The words at the start of a message, and their colours.
    private static let words: [(word: String, paint: Paint)] = [
        ("error", .red), ("warning", .yellow), ("note", .cyan),
    ]

    /// Whether a stream is a terminal with colours.
    static func isWanted(on descriptor: CInt) -> Bool {
        guard isatty(descriptor) == 1, Environment["NO_COLOR"] ?? "" == "" else { return false }
        return (Environment["TERM"] ?? "dumb") != "dumb"
    }

    /// The text in this colour.
    func callAsFunction(_ text: some StringProtocol) -> String {
        text.isEmpty ? "" : "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
    }

    /// Diagnostics and records with their first words and carets in colour.
    static func painted(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { painted(line: $0) }
            .joined(separator: "\n")
    }

    private static func painted(line: Substring) -> String {
        // The source line of a diagnostic, or the caret below it.
        guard !line.hasPrefix(" ") else {
            let rest = line.drop { $0 == " " || $0 == "\t" }
            return rest == "^" ? line.dropLast() + Paint.green("^") : String(line)
        }
        let found = words.compactMap { word, paint in
            line.hasPrefix("\(word): ")
                ? (line.startIndex..<line.index(line.startIndex, offsetBy: word.count), paint)
                : line.firstRange(of: ": \(word): ").map {
                    (
                        line.index(
                            $0.lowerBound, offsetBy: 2)..<line.index($0.upperBound, offsetBy: -2),
                        paint
                    )
                }
        }
        guard let (range, paint) = found.min(by: { $0.0.lowerBound < $1.0.lowerBound }) else {
            return String(line)
        }
        return bold(line[..<range.lowerBound]) + paint(line[range]) + line[range.upperBound...]
    }
}
