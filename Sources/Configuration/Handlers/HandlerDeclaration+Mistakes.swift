internal import HandlerAPI

extension HandlerDeclaration {
    /// The mistakes of the programmer in the declaration, each a message with the handler and the key.
    package var mistakes: [String] {
        var mistakes = keys.flatMap(\.mistakes) + repeatedNames + unlistedKeysOfTraits
        if name.isEmpty || !name.utf8.allSatisfy(\.isPartOfName) {
            mistakes.insert("its name must be a word of ASCII letters, digits, - and _", at: 0)
        }
        return mistakes.map { "handler \(name.quoted): \($0)" }
    }

    /// Two keys with one name; for a key of ICS, its aliases count too.
    private var repeatedNames: [String] {
        var owners: [String: String] = [:]
        return keys.compactMap { key in
            let names = HandlerTable.names(of: key)
            defer { for name in names { owners[name] = key.name } }
            return names.lazy.compactMap { owners[$0] }.first.map { first in
                first == key.name
                    ? "two keys are named \(first)"
                    : "the keys \(first) and \(key.name) are the same key"
            }
        }
    }

    private var unlistedKeysOfTraits: [String] {
        var named = [
            traits.requiredKey?.key, traits.redirect?.addressKey, traits.redirect?.statusKey,
        ]
        .compactMap(\.self)
        for case .keys(let names) in traits.impliedBy.map(\.condition) { named += names }
        let listed = Set(keys.map(\.name))
        return Set(named).subtracting(listed).sorted().map {
            "its traits use the key \($0), which keys does not list"
        }
    }
}

extension KeyDeclaration {
    fileprivate var mistakes: [String] {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isPartOfName) else {
            return ["the name of the key \(name.quoted) must be of ASCII letters, digits, - and _"]
        }
        if let home = schemaHome {
            return ["the key \(name) is one of \(home): choose another name"]
        }
        if let mistake = kind.mistake { return ["the key \(name): \(mistake)"] }
        return defaultMistake.map { ["the default of the key \(name): \($0)"] } ?? []
    }

    /// The section whose own keys include one of this name; keys that only handlers use do not count.
    private var schemaHome: String? {
        let lowercased = name.lowercased()
        if let key = Schema.host[lowercased: lowercased], !key.isReserved { return "every host" }
        if let key = Schema.server[lowercased: lowercased], !key.isReserved { return "[Server]" }
        return nil
    }

    private var defaultMistake: String? {
        let text = defaultText
        guard !text.contains(where: \.isNewline) else { return "it must be one line" }
        switch read(text) {
        case .failure(let mistake): return mistake.message
        case .success(let value) where value == defaultValue: return nil
        case .success: return "a file cannot have \(text.quoted) as one value"
        }
    }
}

extension KeyKind {
    /// Why no value can be of this kind.
    fileprivate var mistake: String? {
        switch self {
        case .duration(upTo: let limit) where limit < .zero: "its limit must not be negative"
        case .size(upTo: let limit) where limit < 0: "its limit must not be negative"
        case .choice(let words) where words.isEmpty: "it has no word to choose"
        case .choice(let words) where Set(words.map { $0.lowercased() }).count < words.count:
            "two of its words differ in case only"
        default: nil
        }
    }
}

extension UInt8 {
    /// Whether names of handlers and keys may have it: a file has them without quotes.
    fileprivate var isPartOfName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
