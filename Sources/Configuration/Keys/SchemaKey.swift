/// One key of the configuration: its name, type, documentation and storage.
package final class SchemaKey<Target>: Sendable {
    /// The key as spelled in the documentation; the file may use any case.
    package let name: String
    /// Other names of the key.
    package let aliases: [String]
    /// The identity that alternative keys in other units share: only one of them may be set.
    let identity: String
    /// Whether values are paths, which `[PathMap]` may rewrite.
    let isPath: Bool
    /// Whether a value may be a comma list.
    let isList: Bool
    /// The expectation, to follow "must be".
    package let expectation: String
    /// The allowed words, when the value is one of several words.
    package let words: [String]
    /// The default value, as spelled in the file.
    package let defaultText: String
    /// The documentation of the key, in sentences, for the manual and the sample configuration.
    package let help: String
    /// The role of the key.
    package let role: Role
    /// Whether the value must never be printed.
    package let isSecret: Bool
    /// Whether a reload keeps the value of the start.
    package let needsRestart: Bool
    /// Whether a value is True or False.
    let isBoolean: Bool
    /// The meaning of quotes around a value.
    let quotes: QuoteMeaning
    private let takesBlank: Bool
    /// The value in settings as spelled in the file, nil where it can be omitted.
    let shows: @Sendable (Target) -> String?
    private let storing:
        @Sendable (Located<String>, String, inout Target, inout Diagnostics) -> Void

    /// The role of the key.
    package enum Role: Sendable {
        /// It is optional.
        case optional
        /// It is required; the text is the advice for a missing one.
        case required(String)
        /// It only applies to hosts with `BindSslPort`.
        case tls
        /// It belongs to a future feature: validated and kept, but not used yet.
        case reserved(Reservation)
    }

    /// The properties of a key of a future feature.
    package struct Reservation: Sendable {
        /// Whether it only applies to hosts with `BindSslPort`.
        let isTLS: Bool
        /// The missing feature, to follow "has no effect:".
        let lack: String
        /// Whether a value differs from the behaviour without the key.
        let asks: @Sendable (String) -> Bool
    }

    /// Whether the key only applies to hosts with `BindSslPort`.
    package var isForTLS: Bool {
        switch role {
        case .tls: true
        case .reserved(let reservation): reservation.isTLS
        case .optional, .required: false
        }
    }

    /// Whether the key is read and validated, but not used yet.
    package var isReserved: Bool { reservation != nil }

    /// Its reservation, nil for a key that is used.
    var reservation: Reservation? {
        guard case .reserved(let reservation) = role else { return nil }
        return reservation
    }

    /// The documentation, with a remark on a missing feature, or on a change that needs a restart.
    func longHelp(with handlers: HandlerTable) -> String {
        let help = needsRestart ? "\(help) A change needs a restart." : help
        return isReserved && !handlers.hasOwner(ofKey: name) ? "\(help) Not used yet." : help
    }

    /// Declares a key.
    ///
    /// - Parameters:
    ///   - name: the key as spelled in the documentation.
    ///   - aliases: other names of the key.
    ///   - type: the type of its values.
    ///   - defaultText: the default as spelled in the file.
    ///   - role: the role of the key.
    ///   - identity: the key that this one is an alternative to; nil for itself.
    ///   - isSecret: whether the value must never be printed.
    ///   - needsRestart: whether a reload keeps the value of the start.
    ///   - help: the documentation of the key, in sentences.
    ///   - shows: prints the value of settings; nil where it can be omitted.
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

    /// Parses a value and stores it, or reports a mistake.
    ///
    /// A blank value changes nothing unless the type accepts blanks.
    func store(
        _ text: Located<String>, in target: inout Target, diagnostics: inout Diagnostics
    ) {
        guard takesBlank || !text.value.isEmpty else { return }
        storing(text, name, &target, &diagnostics)
    }
}
