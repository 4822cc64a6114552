internal import Configuration
internal import Platform

/// A value of a property that has a key in the file: both pass through the same reader.
protocol SettingText {
    /// The value as the file spells it; nil where the key is not set.
    var settingText: String? { get }
}

extension String: SettingText {
    var settingText: String? { isEmpty ? nil : self }
}

extension Int: SettingText {
    var settingText: String? { "\(self)" }
}

extension Bool: SettingText {
    var settingText: String? { self ? "True" : "False" }
}

extension Duration: SettingText {
    /// In the file, a time has a whole number of milliseconds.
    var settingText: String? {
        let (seconds, attoseconds) = components
        guard attoseconds != 0 else { return "\(seconds)" }
        let milliseconds = Double(seconds) * 1_000 + Double(attoseconds) / 1e15
        return "\(Int(milliseconds.rounded(.up)))ms"
    }
}

extension Array: SettingText where Element == String {
    var settingText: String? { isEmpty ? nil : joined(separator: ",") }
}

extension Optional: SettingText where Wrapped: SettingText {
    var settingText: String? { flatMap(\.settingText) }
}

extension SettingText where Self: RawRepresentable, RawValue == String {
    var settingText: String? { rawValue }
}

/// A key of the file with its property in code.
struct PropertyKey<Owner>: Sendable {
    /// The key as the ``Schema`` spells it.
    let name: String
    private let read: @Sendable (Owner) -> String?

    init<Value: SettingText & SendableMetatype>(
        _ name: String, _ property: any KeyPath<Owner, Value> & Sendable
    ) {
        self.name = name
        read = { owner in owner[keyPath: property].settingText }
    }

    /// The value of the property as the file spells it; nil where the key is not set.
    func text(of owner: Owner) -> String? { read(owner) }
}

extension INIDocument.Section {
    /// Creates a section of properties, all at one place.
    init<Owner>(
        _ name: String, _ owner: Owner, _ keys: [PropertyKey<Owner>],
        _ others: [(key: String, value: String)], at place: SourceLocation
    ) {
        let values = keys.compactMap { key in key.text(of: owner).map { (key.name, $0) } } + others
        self.init(
            name: Located(name, at: place),
            entries: values.map { key, value in
                INIDocument.Entry(
                    key: Located(key, at: place), value: Located(value.trimmed, at: place))
            })
    }
}

extension String {
    /// Without blanks and control characters at either end, as a value in a file.
    fileprivate var trimmed: String {
        let bytes = utf8
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }),
            let last = bytes.lastIndex(where: { $0 > 0x20 })
        else { return "" }
        return String(self[first...last])
    }
}
