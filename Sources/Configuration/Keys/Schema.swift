/// The only list of keys.
///
/// Reader, diagnostics, suggestions and the sample configuration are derived from it.
package enum Schema {
    /// The keys of `[Server]`.
    package static let server = SchemaTable(
        serverKeys + limits.map(\.server) + serverAccessKeys + serverTLSKeys
            + (serverReserved + sharedReserved).map { SchemaKey($0) })
    /// The keys of a host section, except those of handlers.
    package static let host = SchemaTable(
        hostKeys + limits.map(\.host) + hostAccessKeys + tlsKeys + listenerKeys
            + (hostReserved + sharedReserved).map { SchemaKey($0) })
    /// The keys of a `[Target]` section.
    package static let target = SchemaTable(targetKeys)

    /// Whether the value of a key must not be printed, or that of the key that it probably misspells.
    static func isSecret(_ name: String) -> Bool {
        name.lowercased().hasSuffix("password")
            || Suggestion.nearest(to: name, among: secretNames) != nil
    }

    private static let secretNames =
        server.keys.filter(\.isSecret).map(\.name) + host.keys.filter(\.isSecret).map(\.name)
}

/// The keys of one kind of section, by name in any case.
package struct SchemaTable<Target>: Sendable {
    /// The keys in the order of the documentation.
    package let keys: [SchemaKey<Target>]
    private let indexes: [String: Int]

    /// Indexes the keys by their names and aliases.
    init(_ keys: [SchemaKey<Target>]) {
        self.keys = keys
        let names = keys.enumerated().flatMap { index, key in
            ([key.name] + key.aliases).map { ($0.lowercased(), index) }
        }
        indexes = Dictionary(uniqueKeysWithValues: names)
    }

    /// The required keys, each with advice.
    var required: [(name: String, advice: String)] {
        keys.compactMap { key in
            guard case .required(let advice) = key.role else { return nil }
            return (key.name, advice)
        }
    }

    /// All names of all keys, for suggestions.
    var names: [String] { keys.flatMap { [$0.name] + $0.aliases } }

    /// The keys with a value other than the default, each with its value.
    func entries(of settings: Target) -> [SettingsEntry] where Target: HasIdleKeys {
        let idle = settings.idle
        return keys.compactMap { key in
            guard let value = key.shows(settings), idle.isEmpty || !idle.has(key.identity) else {
                return nil
            }
            return SettingsEntry(key.name, value)
        }
    }

    /// Whether a key only applies to hosts with an SSL port.
    package func isForTLS(_ name: String) -> Bool {
        self[lowercased: name.lowercased()]?.isForTLS == true
    }

    /// Whether a change of a key needs a restart, and a reload ignores it.
    package func needsRestart(_ name: String) -> Bool {
        self[lowercased: name.lowercased()]?.needsRestart == true
    }

    /// The index in ``keys`` of the key with a name in lower case.
    func index(lowercased name: String) -> Int? { indexes[name] }

    /// The key with a name in lower case.
    subscript(lowercased name: String) -> SchemaKey<Target>? {
        indexes[name].map { keys[$0] }
    }
}
