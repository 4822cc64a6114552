package import HandlerAPI
internal import NetworkTypes

/// The name, keys and traits of a handler.
package struct HandlerDeclaration: Sendable {
    /// The name for `Handler=`; the file may use any case.
    package let name: String
    /// One line about its service.
    package let summary: String
    /// The keys it adds to the sections of its hosts.
    package let keys: [KeyDeclaration]
    /// Its traits.
    package let traits: HandlerTraits

    /// Declares a handler.
    package init(
        name: String, summary: String = "", keys: [any DeclaredKey] = [],
        traits: HandlerTraits = HandlerTraits()
    ) {
        self.name = name
        self.summary = summary
        self.keys = keys.map(\.declaration)
        self.traits = traits
    }

    /// The declaration of a handler's type.
    package init(_ handler: any Handler.Type) {
        self.init(
            name: handler.name, summary: handler.summary, keys: handler.keys,
            traits: handler.traits)
    }
}

extension KeyKind {
    /// Whether the key may be given more than once.
    var isRepeatable: Bool {
        guard case .texts = self else { return false }
        return true
    }

    /// The value of a blank text where the default is blank too; nil for a type without one.
    var blank: HandlerOptions.Value? {
        switch self {
        case .text, .unquotedText, .path, .hostPort, .hostName: .text("")
        case .list, .texts: .list([])
        case .integer, .boolean, .duration, .choice, .size, .mode: nil
        }
    }

    /// The type of the values.
    var valueType: ValueType<HandlerOptions.Value> {
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

extension KeyDeclaration {
    /// The reason why a text is not a valid value of a key.
    package struct Mistake: Error, Sendable {
        /// The message, as for the same value in a file.
        package let message: String
    }

    /// The default as a file would spell it.
    package var defaultText: String { defaultValue.text }

    /// Parses a value as from a file.
    ///
    /// Nil is the default, and so is a blank value of a type that has none.
    package func read(_ text: String?) -> Result<HandlerOptions.Value, Mistake> {
        let text = text.flatMap { $0.isEmpty && kind.blank == nil ? nil : $0 } ?? defaultText
        if text.isEmpty, let blank = kind.blank { return .success(blank) }
        var diagnostics = Diagnostics()
        let place = SourceLocation(file: "", line: 0, column: 0)
        let value = kind.valueType.read(Located(text, at: place), of: name, into: &diagnostics)
        if let value { return .success(value) }
        return .failure(Mistake(message: diagnostics.sorted().first?.message ?? "not a value"))
    }
}
