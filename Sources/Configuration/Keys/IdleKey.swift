/// A key that was read and validated, but has no effect.
package struct IdleKey: Sendable {
    /// The key, as spelled in the documentation.
    package let key: String
    /// The key of which it is an alternative spelling, or itself.
    let identity: String
    /// The value as written, except that `[PathMap]` has mapped a Windows path.
    package let value: String
    /// The place of the key.
    package let location: SourceLocation
    /// Why it has no effect; nil when it has the default value, which needs none.
    package let reason: String?
}

/// Settings with keys that have no effect.
protocol HasIdleKeys {
    /// The keys.
    var idle: [IdleKey] { get set }
}

extension HostSettings: HasIdleKeys {}
extension ServerSettings: HasIdleKeys {}
extension TargetSettings: HasIdleKeys {}

extension [IdleKey] {
    /// Whether the list contains a key.
    func has(_ key: String) -> Bool { contains { $0.identity == key } }
}

extension SchemaKey where Target: HasIdleKeys {
    /// Reads an entry without effect and records it.
    ///
    /// - Parameters:
    ///   - entry: the entry, validated like that of any other key; a Windows path without a mapping is no
    ///     trouble.
    ///   - target: the settings that record it.
    ///   - reason: why it has no effect.
    ///   - context: the required parts of other sections.
    ///   - diagnostics: receives mistakes in the value.
    func readIdle(
        _ entry: INIDocument.Entry, in target: inout Target, because reason: String,
        _ context: ReadingContext, into diagnostics: inout Diagnostics
    ) {
        let errorsBefore = diagnostics.count(.error)
        var value = entry.value
        if isPath, !context.mapPaths(&value, of: name, isList).isEmpty { value = entry.value }
        store(value, in: &target, diagnostics: &diagnostics)
        guard diagnostics.count(.error) == errorsBefore else { return }
        target.idle.append(
            IdleKey(
                key: name, identity: identity, value: isSecret ? "" : value.value,
                location: entry.key.location,
                reason: reservation?.asks(entry.value.value) == true ? reason : nil))
    }
}

extension Settings {
    /// Warns about keys without effect that are not at their default.
    ///
    /// Once for each key and reason, at the first of its sections.
    func tellIdleKeys(into diagnostics: inout Diagnostics) {
        var groups: [(first: IdleKey, sections: [String])] = []
        var indexes: [String: Int] = [:]
        func add(_ keys: [IdleKey], of section: String) {
            for key in keys {
                guard let reason = key.reason else { continue }
                let identity = "\(key.key): \(reason)"
                if let index = indexes[identity] {
                    groups[index].sections.append(section)
                } else {
                    indexes[identity] = groups.count
                    groups.append((key, [section]))
                }
            }
        }
        add(server.idle, of: "Server")
        for host in hosts { add(host.idle, of: host.section) }
        for target in targets { add(target.idle, of: target.section) }
        for (key, sections) in groups {
            diagnostics.warn(
                at: key.location,
                "\(key.key) has no effect\(Self.others(sections.dropFirst())): \(key.reason ?? "")")
        }
    }

    /// The most other sections that are named.
    private static let namesTold = 3

    private static func others(_ sections: ArraySlice<String>) -> String {
        guard !sections.isEmpty else { return "" }
        let names = sections.prefix(namesTold).map { "[\($0)]" }.joined(separator: ", ")
        let rest = sections.count - namesTold
        return ", nor in \(names)" + (rest > 0 ? " and \(rest) more" : "")
    }
}
