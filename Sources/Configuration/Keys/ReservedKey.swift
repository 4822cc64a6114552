internal import HandlerAPI

/// A key of a future feature: read, validated and kept.
struct ReservedKey: Sendable {
    let name: String
    var aliases: [String] = []
    let type: ValueType<HandlerOptions.Value>
    var defaultText = ""
    /// Whether it only applies to hosts with an SSL port.
    var isTLS = false
    let help: String
    /// The key of which it is an alternative spelling.
    var storedAs: String?
    /// The missing feature, to follow "has no effect:".
    var lack = "no handler of this program supports it"

    /// Whether a text is a valid value other than the default.
    func asks(_ text: String) -> Bool {
        guard !text.isEmpty, let value = value(text) else { return false }
        // In ICS, and here, every word without this prefix means plain TCP.
        if name == "Proto" { return text.lowercased().hasPrefix("http") }
        // The empty set in Delphi.
        if case .text(let set) = value, set.allSatisfy({ "[] ".contains($0) }) { return false }
        return value != self.value(defaultText)
    }

    private func value(_ text: String) -> HandlerOptions.Value? {
        var ignored = Diagnostics()
        let place = SourceLocation(file: "", line: 1, column: 1)
        return type.read(Located(text, at: place), of: name, into: &ignored)
    }
}

/// Settings that keep reserved keys.
protocol KeepsReservedKeys: Sendable {
    /// The keys.
    var reserved: [HandlerOption] { get set }
}

extension HostSettings: KeepsReservedKeys {}
extension ServerSettings: KeepsReservedKeys {}

extension SchemaKey where Target: KeepsReservedKeys {
    /// Declares a key of the schema that keeps its value.
    convenience init(_ key: ReservedKey) {
        self.init(
            key.name, aliases: key.aliases, key.type, default: key.defaultText,
            .reserved(.init(isTLS: key.isTLS, lack: key.lack) { key.asks($0) }),
            identity: key.storedAs, help: key.help
        ) { target in
            guard key.storedAs == nil, !target.reserved.isEmpty else { return nil }
            return target.reserved[key.name]?.value.spelling
        } store: { target, value in
            let name = key.storedAs ?? key.name
            target.reserved.removeAll { $0.key == name }
            target.reserved.append(
                HandlerOption(key: name, value: value.value, location: value.location))
        }
    }
}

extension ValueType<HandlerOptions.Value> {
    static let anyText = ValueType<String>.nonblankText.map { HandlerOptions.Value.text($0) }
    static let anyPath = ValueType<String>.path.map { HandlerOptions.Value.text($0) }
    /// A path in which quotes mark literal text.
    static let maskedPath = anyPath.quotes(.meant)
    static let flag = ValueType<Bool>.foreignBoolean.map { HandlerOptions.Value.boolean($0) }

    static func number(_ range: ClosedRange<Int>) -> Self {
        ValueType<Int>.integer(range).map { .integer($0) }
    }

    /// Texts by comma; blank ones are skipped.
    static let list = ValueType("texts by comma", takesBlank: true) { text in
        let place = SourceLocation(file: "", line: 1, column: 1)
        return .list(Located(text, at: place).commaSeparated.map(\.value))
    }.quotes(.doubted)

    /// A whole number of kilobytes, stored in bytes.
    static func kilobytes(_ range: ClosedRange<Int>) -> Self {
        ValueType<Int>.integer(range).map { .integer($0 * 1_024) }
    }

    /// One of the names of an ICS enumeration, or its number.
    static func names(_ names: [String]) -> Self {
        choice(names.map { ($0, .text($0)) }, ordinals: names.map { .text($0) })
    }
}
