internal import TextFormats

extension String {
    /// The text in quotes, safe to print: truncated, and without unprintable characters.
    package var quoted: String {
        let limit = 60
        let start = unicodeScalars.prefix(limit + 1)
        return "\"\(String(String.UnicodeScalarView(start.prefix(limit))).printable)"
            + (start.count > limit ? "…\"" : "\"")
    }

    /// The text with control and invisible characters replaced by U+FFFD.
    package var printable: String {
        guard !unicodeScalars.allSatisfy(\.isPrintable) else { return self }
        let scalars = unicodeScalars.map { $0.isPrintable ? $0 : "\u{FFFD}" }
        return String(String.UnicodeScalarView(scalars))
    }
}
