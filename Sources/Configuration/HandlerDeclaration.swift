/// What a handler module tells the configuration about itself.
package struct HandlerDeclaration: Sendable {
    /// The name for `Handler=`; the file may use any case.
    package let name: String
    /// The keys it adds to the sections of its hosts.
    package let keys: [Key]

    /// Declares a handler.
    package init(name: String, keys: [Key] = []) {
        self.name = name
        self.keys = keys
    }

    /// A key of a handler.
    package struct Key: Sendable {
        /// The key as the documentation spells it; the file may use any case.
        package let name: String
        /// What a value must be.
        package let type: KeyType
        /// The value, as the file would spell it, where the file is silent.
        ///
        /// It must be one that the type takes.
        package let defaultText: String
        /// One line for the sample configuration.
        package let help: String

        /// Declares a key.
        package init(name: String, type: KeyType, defaultText: String, help: String) {
            self.name = name
            self.type = type
            self.defaultText = defaultText
            self.help = help
        }
    }

    /// What the value of a handler's key must be.
    package enum KeyType: Sendable {
        /// Any text.
        case text
        /// A whole number within limits.
        case integer(ClosedRange<Int>)
        /// True or False.
        case boolean
        /// Seconds, or a number with `ms`, `s`, `m` or `h`, up to a limit.
        case duration(upTo: Duration)
        /// One of these words, in any case.
        case choice([String])
    }
}

extension HandlerDeclaration.KeyType {
    /// How the values are read.
    var valueType: ValueType<HandlerOptionValue> {
        switch self {
        case .text: ValueType<String>.text.map { .text($0) }
        case .integer(let range): ValueType<Int>.integer(range).map { .integer($0) }
        case .boolean: ValueType<Bool>.boolean.map { .boolean($0) }
        case .duration(let limit):
            ValueType<Duration>.duration(.zero...limit).map { .duration($0) }
        case .choice(let words): .choice(words.map { ($0, .text($0)) })
        }
    }
}
