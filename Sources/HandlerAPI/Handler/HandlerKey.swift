public import NetworkTypes

/// A key that a handler adds to the sections of its hosts, with the type of its values.
///
/// ```swift
/// static let patience = HandlerKey(
///     "Patience", .duration(upTo: .seconds(3_600)), default: .seconds(60),
///     help: "How long a client may take to send a name.")
/// static let keys: [any DeclaredKey] = [patience]
/// // in init: patience = options[Self.patience]
/// ```
///
/// The program checks the declared keys when it registers the handler: a default that is not a valid value, a
/// name that another key has.
public struct HandlerKey<Value: Sendable>: DeclaredKey {
    /// The type and range of the values.
    public struct Kind: Sendable {
        let erased: KeyKind
        let wrap: @Sendable (Value) -> HandlerOptions.Value
        let unwrap: @Sendable (HandlerOptions.Value) -> Value?
    }

    /// The declaration without the type of the values.
    public let declaration: KeyDeclaration
    let defaultValue: Value
    let kind: Kind

    /// Declares a key.
    ///
    /// - Parameters:
    ///   - name: the key as the documentation spells it; the file may use any case.
    ///   - kind: the type and range of its values.
    ///   - defaultValue: the value for a host that does not set the key.
    ///   - help: what the key does, in sentences, for the manual and the sample configuration.
    public init(_ name: String, _ kind: Kind, default defaultValue: Value, help: String) {
        declaration = KeyDeclaration(
            name: name, kind: kind.erased, defaultValue: kind.wrap(defaultValue), help: help)
        self.defaultValue = defaultValue
        self.kind = kind
    }
}

/// A ``HandlerKey`` with values of any type: an element of ``Handler/keys``.
public protocol DeclaredKey: Sendable {
    /// The declaration without the type of the values.
    var declaration: KeyDeclaration { get }
}

/// A declared key without the type of its values.
public struct KeyDeclaration: Sendable {
    /// The key as the documentation spells it.
    public let name: String
    /// What the key does, in sentences.
    public let help: String
    package let kind: KeyKind
    package let defaultValue: HandlerOptions.Value

    init(name: String, kind: KeyKind, defaultValue: HandlerOptions.Value, help: String) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.help = help
    }
}

/// The kinds of values, with their limits.
package enum KeyKind: Equatable, Sendable {
    case text, unquotedText
    case integer(ClosedRange<Int>)
    case boolean
    case duration(upTo: Duration)
    case choice([String])
    case path, list, texts, hostPort, hostName
    case size(upTo: Int)
    case mode
}

extension HandlerKey<String>.Kind {
    /// Any text.
    public static var text: Self { Self(text: .text) }

    /// Any text that is not for people: `check` warns of quotes around all of it.
    public static var unquotedText: Self { Self(text: .unquotedText) }

    /// One of these words, in any case; the value has the declared case.
    public static func choice(_ words: [String]) -> Self { Self(text: .choice(words)) }

    private init(text kind: KeyKind) {
        self.init(erased: kind, wrap: { .text($0) }, unwrap: \.text)
    }
}

extension HandlerKey.Kind
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the cases of an enumeration by its raw value, in any case.
    public static var choice: Self {
        Self(
            erased: .choice(Value.allCases.map(\.rawValue)), wrap: { .text($0.rawValue) },
            unwrap: { $0.text.flatMap(Value.init) })
    }
}

extension HandlerKey<String?>.Kind {
    /// The path of a file or directory, nil where blank; `[PathMap]` maps a Windows path.
    public static var path: Self { Self(blankable: .path) }

    /// A DNS name or an IP address, nil where blank.
    ///
    /// A name comes in lower case, without a final dot, and with letters beyond ASCII as DNS writes them
    /// (`xn--`).
    public static var hostName: Self { Self(blankable: .hostName) }

    private init(blankable kind: KeyKind) {
        self.init(
            erased: kind, wrap: { .text($0 ?? "") },
            unwrap: { value in value.text.map { $0.isEmpty ? nil : $0 } })
    }
}

extension HandlerKey<Int>.Kind {
    /// A whole number within a range.
    public static func integer(_ range: ClosedRange<Int>) -> Self { Self(number: .integer(range)) }

    /// Bytes, or a number with `K`, `M` or `G` (times 1,024), up to a limit.
    public static func size(upTo limit: Int) -> Self { Self(number: .size(upTo: limit)) }

    private init(number kind: KeyKind) {
        self.init(
            erased: kind, wrap: { .integer($0) },
            unwrap: { if case .integer(let number) = $0 { number } else { nil } })
    }
}

extension HandlerKey<UInt32>.Kind {
    /// Permissions in octal, such as `022`, from `000` to `777`.
    public static var mode: Self {
        Self(
            erased: .mode, wrap: { .mode(Int($0)) },
            unwrap: { if case .mode(let mode) = $0 { UInt32(mode) } else { nil } })
    }
}

extension HandlerKey<Bool>.Kind {
    /// True or False.
    public static var boolean: Self {
        Self(
            erased: .boolean, wrap: { .boolean($0) },
            unwrap: { if case .boolean(let flag) = $0 { flag } else { nil } })
    }
}

extension HandlerKey<Duration>.Kind {
    /// Seconds, or a number with `ms`, `s`, `m` or `h`, up to a limit.
    public static func duration(upTo limit: Duration) -> Self {
        Self(
            erased: .duration(upTo: limit), wrap: { .duration($0) },
            unwrap: { if case .duration(let time) = $0 { time } else { nil } })
    }
}

extension HandlerKey<[String]>.Kind {
    /// Texts separated by commas, without blank ones.
    public static var list: Self { Self(items: .list) }

    /// Any text; the key may be repeated, and each line adds a text.
    public static var texts: Self { Self(items: .texts) }

    private init(items kind: KeyKind) {
        self.init(
            erased: kind, wrap: { .list($0) },
            unwrap: { if case .list(let items) = $0 { items } else { nil } })
    }
}

extension HandlerKey<HostPort?>.Kind {
    /// A name or address with a port, such as `example.org:80` or `[2001:db8::1]:80`; nil where blank.
    public static var hostPort: Self {
        Self(
            erased: .hostPort, wrap: { value in value.map { .hostPort($0) } ?? .text("") },
            unwrap: { value in
                switch value {
                case .hostPort(let value): value
                case .text(""): .some(nil)
                default: nil
                }
            })
    }
}

extension HandlerOptions.Value {
    fileprivate var text: String? {
        if case .text(let text) = self { text } else { nil }
    }
}
