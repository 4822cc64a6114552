/// The type of a key's values: how they are parsed and described.
package struct ValueType<Value: Sendable>: Sendable {
    /// The expectation, to follow "must be": `a number from 1 to 1024`.
    package let expectation: String
    /// The allowed words, when the type is a list of words.
    package let words: [String]
    /// Whether a blank value is valid; otherwise it means the default.
    package let takesBlank: Bool
    /// Whether it is the path of a file or directory, which may be a Windows path.
    let isPath: Bool
    /// Whether it may be a comma list.
    let isList: Bool
    /// The meaning of quotes around a value.
    private(set) var quotes = QuoteMeaning.refused
    private let reading: @Sendable (Located<String>, String, inout Diagnostics) -> Value?

    /// Creates a type that reports its own mistakes, each at its place in the value.
    ///
    /// - Parameters:
    ///   - expectation: the expectation, to follow "must be".
    ///   - words: the allowed words, when the type is a list of words.
    ///   - isPath: whether it is the path of a file or directory.
    ///   - isList: whether it may be a comma list.
    ///   - reading: receives the value and its key; returns nil after it has reported a mistake.
    init(
        _ expectation: String, words: [String] = [], isPath: Bool = false,
        isList: Bool = false,
        reading: @escaping @Sendable (Located<String>, String, inout Diagnostics) -> Value?
    ) {
        self.expectation = expectation
        self.words = words
        takesBlank = false
        self.isPath = isPath
        self.isList = isList
        self.reading = reading
    }

    /// Creates a type whose only mistake is a text that it cannot parse.
    init(
        _ expectation: String, words: [String] = [], takesBlank: Bool = false,
        isPath: Bool = false,
        parse: @escaping @Sendable (String) -> Value?
    ) {
        self.expectation = expectation
        self.words = words
        self.takesBlank = takesBlank
        self.isPath = isPath
        isList = false
        reading = { text, key, diagnostics in
            if let value = parse(text.value) { return value }
            let hint = { Suggestion.hint(for: text.value, among: words) }
            diagnostics.error(
                at: text.location,
                "\(key) must be \(expectation), not \(text.value.quoted)\(hint())")
            return nil
        }
    }

    /// The same type with another meaning of quotes.
    func quotes(_ quotes: QuoteMeaning) -> Self {
        var type = self
        type.quotes = quotes
        return type
    }

    /// Parses a value, or reports a mistake and returns nil.
    func read(_ text: Located<String>, of key: String, into diagnostics: inout Diagnostics)
        -> Value?
    {
        if quotes != .meant, text.value.utf8.first?.isQuote == true, isQuoted(text) {
            let message = "the quotes are part of the value of \(key): remove them"
            guard quotes == .doubted else {
                diagnostics.error(at: text.location, message)
                return nil
            }
            diagnostics.warn(at: text.location, message)
        }
        return reading(text, key, &diagnostics)
    }

    private func isQuoted(_ text: Located<String>) -> Bool {
        text.value.isQuoted || isList && text.commaSeparated.contains(where: \.value.isQuoted)
    }

    /// A type for the same texts with transformed values.
    func map<Other>(_ transform: @escaping @Sendable (Value) -> Other) -> ValueType<Other> {
        ValueType<Other>(mapping: self, transform)
    }

    private init<Source>(
        mapping source: ValueType<Source>, _ transform: @escaping @Sendable (Source) -> Value
    ) {
        expectation = source.expectation
        words = source.words
        takesBlank = source.takesBlank
        isPath = source.isPath
        isList = source.isList
        quotes = source.quotes
        reading = { text, key, diagnostics in
            source.reading(text, key, &diagnostics).map(transform)
        }
    }
}

/// The meaning of quotes around a value: files of ICS have none, so they are part of the value.
enum QuoteMeaning {
    /// They may be intended: a text for people, a mask, a command.
    case meant
    /// They are possible, but unlikely.
    case doubted
    /// They are invalid.
    case refused
}

extension String {
    /// Whether the text is in quotes, and has no others inside.
    var isQuoted: Bool {
        guard let quote = utf8.first, quote.isQuote, utf8.count > 1, utf8.last == quote else {
            return false
        }
        return !utf8.dropFirst().dropLast().contains(quote)
    }
}

extension UInt8 {
    /// Whether it is an ASCII quote.
    var isQuote: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") }

    /// Whether it is an ASCII digit.
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
