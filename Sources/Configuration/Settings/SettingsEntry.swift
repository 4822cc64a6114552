package import HandlerAPI

/// A key and its value as spelled in a file.
package struct SettingsEntry: Hashable, Sendable {
    /// The key.
    package let key: String
    /// The value.
    package let value: String

    init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

extension HostSettings {
    /// The keys and values of the host, without defaults, in their simplest spelling.
    ///
    /// Those of the ``Schema``, `Handler`, and the handler's own.
    package var entries: [SettingsEntry] {
        var entries = Schema.host.entries(of: self).filter { !isShownElsewhere($0.key) }
        if let handler = entries.firstIndex(where: { $0.key == "Handler" }) {
            entries.append(entries.remove(at: handler))
        }
        return entries + handlerOptions.filter { $0.origin == .host }.flatMap(\.entries)
    }

    /// Whether a key is printed with the handler's keys, which include all its texts, or with its trouble.
    private func isShownElsewhere(_ key: String) -> Bool {
        !handlerOptions.isEmpty && handlerOptions[key]?.origin == .host
            || troubles.contains { $0.key == key && $0.value != nil }
    }

    /// All settings that affect the service of the host.
    ///
    /// The ``entries``, the keys in trouble, and those of `[Server]` and `[Target]` that its handler uses.
    package var effectiveEntries: [SettingsEntry] {
        entries + handlerOptions.filter { $0.origin == .server }.flatMap(\.entries)
            + troubles.compactMap { trouble in
                trouble.value.map { SettingsEntry(trouble.key, $0) }
            }
            + targets.flatMap { target in
                target.entries.map { SettingsEntry("[\(target.section)] \($0.key)", $0.value) }
            }
    }
}

extension ServerSettings {
    /// The keys and values of the server, without defaults.
    package var entries: [SettingsEntry] { Schema.server.entries(of: self) }
}

extension TargetSettings {
    /// The keys and values of the target, without defaults.
    package var entries: [SettingsEntry] { Schema.target.entries(of: self) }
}

extension HandlerOption {
    /// One entry for each text of a key that may be repeated, else one.
    fileprivate var entries: [SettingsEntry] {
        guard isRepeated, case .list(let items) = value else { return [.init(key, value.text)] }
        return items.map { .init(key, $0) }
    }

    /// Whether each text is on a line of its own.
    private var isRepeated: Bool { Set(items.map(\.line)).count == items.count }
}

extension HandlerOptions.Value {
    /// The spelling in the file.
    package var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .boolean(let flag): flag ? "True" : "False"
        case .duration(let time): ValueType<Duration>.text(time)
        case .mode(let mode): "0" + String(mode, radix: 8)
        case .list(let items): items.joined(separator: ",")
        case .hostPort(let value): "\(value)"
        }
    }
}
