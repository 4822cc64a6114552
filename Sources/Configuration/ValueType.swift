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

    /// Reads a value, or tells what is wrong with it and returns nil.
    func read(_ text: Located<String>, of key: String, into diagnostics: inout Diagnostics)
        -> Value?
    {
        reading(text, key, &diagnostics)
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
        reading = { text, key, diagnostics in
            source.reading(text, key, &diagnostics).map(transform)
        }
    }
}
