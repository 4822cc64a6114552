/// One key of the configuration: the one place that names, types, documents and stores it.
package final class SchemaKey<Target>: Sendable {
    /// The key as the documentation spells it; the file may use any case.
    package let name: String
    /// Other names of the key.
    package let aliases: [String]
    /// What all keys have in common that say the same in other units: they are given once.
    let identity: String
    /// Whether values are paths, which `[PathMap]` may rewrite.
    let isPath: Bool
    /// Whether a value may be several of them by comma.
    let isList: Bool
    /// What a value must be, to follow "must be".
    package let expectation: String
    /// The words that a value may be, where it is one of some.
    package let words: [String]
    /// The value, as the file would spell it, where the file is silent.
    package let defaultText: String
    /// What the key does, in sentences, for the manual and the sample configuration.
    package let help: String
    /// What the key is good for beyond its section.
    package let role: Role
    /// Whether the value is never to be printed.
    package let isSecret: Bool
    /// Whether a reload leaves the value as it was at the start.
    package let needsRestart: Bool
    /// Whether a value is True or False.
    let isBoolean: Bool
    /// What becomes of a value in quotes.
    let quotes: QuoteMeaning
    private let takesBlank: Bool
    /// The value in settings as the file would spell it, nil where it need not be there.
    let shows: @Sendable (Target) -> String?
    private let storing:
        @Sendable (Located<String>, String, inout Target, inout Diagnostics) -> Void

    /// What the key is good for beyond its section.
    package enum Role: Sendable {
        /// It may be left out.
        case optional
        /// It may not be left out; the text says what to write.
        case required(String)
        /// It has a meaning only for a host with `BindSslPort`.
        case tls
        /// It belongs to a feature that a later version brings: checked, kept, not used yet.
        case reserved(Reservation)
    }

    /// What there is to know of a key whose feature comes later.
    package struct Reservation: Sendable {
        /// Whether it has a meaning only for a host with `BindSslPort`.
        let isTLS: Bool
        /// What does not happen, to follow "has no effect:".
        let lack: String
        /// Whether a value asks for something that would not happen without the key.
        let asks: @Sendable (String) -> Bool
    }

    /// Whether the key has a meaning only for a host with `BindSslPort`.
    package var isForTLS: Bool {
        switch role {
        case .tls: true
        case .reserved(let reservation): reservation.isTLS
        case .optional, .required: false
        }
    }

    /// Whether the key is read and checked, but not used yet.
    package var isReserved: Bool { reservation != nil }

    /// What there is to know of it when it is not used yet.
    var reservation: Reservation? {
        guard case .reserved(let reservation) = role else { return nil }
        return reservation
    }

    /// The help, with a note on a key that needs a restart or is not used yet.
    func longHelp(with handlers: HandlerTable) -> String {
        let help = needsRestart ? "\(help) A change needs a restart." : help
        return isReserved && !handlers.hasOwner(ofKey: name) ? "\(help) Not used yet." : help
    }

    /// Declares a key.
    ///
    /// - Parameters:
    ///   - name: the key as the documentation spells it.
    ///   - aliases: other names of the key.
    ///   - type: what a value may be.
    ///   - defaultText: the default as the file would spell it.
    ///   - role: what the key is good for beyond its section.
    ///   - identity: the key that this one is another way to say; nil for itself.
    ///   - isSecret: whether the value is never to be printed.
    ///   - needsRestart: whether a reload leaves the value as it was at the start.
    ///   - help: what the key does, in sentences.
    ///   - shows: prints the value of settings; nil where a file need not give it.
    ///   - store: stores a value in settings.
    init<Value>(
        _ name: String, aliases: [String] = [], _ type: ValueType<Value>,
        default defaultText: String = "", _ role: Role = .optional,
        identity: String? = nil, isSecret: Bool = false, needsRestart: Bool = false,
        help: String, shows: @escaping @Sendable (Target) -> String?,
        store: @escaping @Sendable (inout Target, Located<Value>) -> Void
    ) {
        self.name = name
        self.aliases = aliases
        self.identity = identity ?? name
        expectation = type.expectation
        words = type.words
        isPath = type.isPath
        isList = type.isList
        self.defaultText = defaultText
        self.help = help
        self.role = role
        self.isSecret = isSecret
        self.needsRestart = needsRestart
        isBoolean = type.words == ValueType<Bool>.booleanWords
        quotes = type.quotes
        takesBlank = type.takesBlank
        self.shows = shows
        storing = { text, name, target, diagnostics in
            guard let value = type.read(text, of: name, into: &diagnostics) else { return }
            store(&target, Located(value, at: text.location))
        }
    }

    /// Reads a value and stores it, or tells what is wrong with it; a blank value changes nothing
    /// unless the type takes blanks.
    func store(
        _ text: Located<String>, in target: inout Target, diagnostics: inout Diagnostics
    ) {
        guard takesBlank || !text.value.isEmpty else { return }
        storing(text, name, &target, &diagnostics)
    }
}
