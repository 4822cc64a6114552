/// What the value of a key may be: how it is read and how a message names it.
package struct ValueType<Value: Sendable>: Sendable {
    /// What is expected, to follow "must be": `a number from 1 to 1024`.
    package let expectation: String
    /// The words that are allowed, where the type is a list of words.
    package let words: [String]
    /// Whether a blank value is a value; otherwise it stands for the default.
    package let takesBlank: Bool
    /// Whether it is the path of a file or directory, which may be one of Windows.
    let isPath: Bool
    /// Whether there may be several of them by comma.
    let isList: Bool
    /// What becomes of a value in quotes.
    private(set) var quotes = QuoteMeaning.refused
    private let reading: @Sendable (Located<String>, String, inout Diagnostics) -> Value?

    /// Makes a type that tells its mistakes itself, each at its own place in the value.
    ///
    /// - Parameters:
    ///   - expectation: what is expected, to follow "must be".
    ///   - words: the words that are allowed, where the type is a list of words.
    ///   - isPath: whether it is the path of a file or directory.
    ///   - isList: whether there may be several of them by comma.
    ///   - reading: takes the value and its key, returns nil once it has told a mistake.
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

    /// Makes a type whose only mistake is a text that it cannot read.
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

    /// The same type with another view of quotes.
    func quotes(_ quotes: QuoteMeaning) -> Self {
        var type = self
        type.quotes = quotes
        return type
    }

    /// Reads a value, or tells what is wrong with it and returns nil.
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

    /// The type of the same texts whose values mean something else.
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

/// What becomes of a value in quotes: files of ICS have none, so they belong to the value.
enum QuoteMeaning {
    /// They may be meant: a text for people, a mask, a command.
    case meant
    /// The value could have them, and should not.
    case doubted
    /// No such value has them.
    case refused
}

extension String {
    /// Whether the text stands in quotes, and has no more of them.
    var isQuoted: Bool {
        guard let quote = utf8.first, quote.isQuote, utf8.count > 1, utf8.last == quote else {
            return false
        }
        return !utf8.dropFirst().dropLast().contains(quote)
    }
}

extension UInt8 {
    /// Whether it is one of the two quotes of ASCII.
    var isQuote: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") }
}
