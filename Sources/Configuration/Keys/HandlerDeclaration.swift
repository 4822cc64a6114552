internal import NetworkTypes

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
        /// What the key does, in sentences, for the manual and the sample configuration.
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
        /// Any text; quotes around it are told.
        case unquotedText
        /// A whole number within limits.
        case integer(ClosedRange<Int>)
        /// True or False.
        case boolean
        /// Seconds, or a number with `ms`, `s`, `m` or `h`, up to a limit.
        case duration(upTo: Duration)
        /// One of these words, in any case.
        case choice([String])
        /// The path of a file or directory.
        case path
        /// Texts by comma.
        case list
        /// A text each time that the key is given.
        case texts
        /// A name or address with a port.
        case hostPort
        /// A name or address.
        case hostName
        /// Bytes, or a number with `K`, `M` or `G`, up to a limit.
        case size(upTo: Int)
        /// Permissions in octal.
        case mode

        /// Whether the key may be given more than once.
        package var isRepeatable: Bool {
            guard case .texts = self else { return false }
            return true
        }
    }
}

extension HandlerDeclaration.KeyType {
    /// What a blank value is where the default is blank too; nil where it cannot be.
    var blank: HandlerOptionValue? {
        switch self {
        case .text, .unquotedText, .path, .hostPort, .hostName: .text("")
        case .list, .texts: .list([])
        case .integer, .boolean, .duration, .choice, .size, .mode: nil
        }
    }

    /// How the values are read.
    var valueType: ValueType<HandlerOptionValue> {
        switch self {
        case .text: ValueType<String>.text.map { .text($0) }
        case .unquotedText: ValueType<String>.text.quotes(.doubted).map { .text($0) }
        case .integer(let range): ValueType<Int>.integer(range).map { .integer($0) }
        case .boolean: ValueType<Bool>.boolean.map { .boolean($0) }
        case .duration(let limit):
            ValueType<Duration>.duration(.zero...limit).map { .duration($0) }
        case .choice(let words): .choice(words.map { ($0, .text($0)) })
        case .path: .anyPath
        case .list: .list
        case .texts: ValueType<String>.nonblankText.quotes(.meant).map { .list([$0]) }
        case .hostPort: ValueType<HostPort>.hostPort.map { .hostPort($0) }
        case .hostName: ValueType<String>.hostName.map { .text($0) }
        case .size(let limit): ValueType<Int>.size(upTo: limit).map { .integer($0) }
        case .mode: ValueType<UInt32>.fileMode.map { .mode(Int($0)) }
        }
    }
}
