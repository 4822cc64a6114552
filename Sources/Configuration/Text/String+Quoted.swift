internal import TextFormats

extension String {
    /// The text in quotes, safe to print: long text is cut, what is not printable replaced.
    package var quoted: String {
        let limit = 60
        let start = unicodeScalars.prefix(limit + 1)
        return "\"\(String(String.UnicodeScalarView(start.prefix(limit))).printable)"
            + (start.count > limit ? "…\"" : "\"")
    }

    /// The text with what a terminal would obey or hide replaced by U+FFFD.
    package var printable: String {
        guard !unicodeScalars.allSatisfy(\.isPrintable) else { return self }
        let scalars = unicodeScalars.map { $0.isPrintable ? $0 : "\u{FFFD}" }
        return String(String.UnicodeScalarView(scalars))
    }
}
