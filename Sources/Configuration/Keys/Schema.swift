/// The only list of keys: reader, diagnostics, suggestions and the sample configuration come from
/// it.
package enum Schema {
    /// The keys of `[Server]`.
    package static let server = SchemaTable(
        serverKeys + serverTLSKeys + (serverReserved + sharedReserved).map { SchemaKey($0) })
    /// The keys of a host section, those of handlers apart.
    package static let host = SchemaTable(
        hostKeys + tlsKeys + listenerKeys + (hostReserved + sharedReserved).map { SchemaKey($0) })
    /// The keys of a `[Target]` section.
    package static let target = SchemaTable(targetKeys)

    /// Whether a key, or what it is probably a misspelling of, has a value that is not to be
    /// printed.
    static func isSecret(_ name: String) -> Bool {
        name.lowercased().hasSuffix("password")
            || Suggestion.nearest(to: name, among: secretNames) != nil
    }

    private static let secretNames =
        server.keys.filter(\.isSecret).map(\.name) + host.keys.filter(\.isSecret).map(\.name)
}

/// The keys of one kind of section, found by name in any case.
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

    /// The keys that may not be left out, with what to write.
    var required: [(name: String, advice: String)] {
        keys.compactMap { key in
            guard case .required(let advice) = key.role else { return nil }
            return (key.name, advice)
        }
    }

    /// All names of all keys: what somebody may have meant.
    var names: [String] { keys.flatMap { [$0.name] + $0.aliases } }

    /// The keys that settings give a value other than the default, each with its value.
    func entries(of settings: Target) -> [SettingsEntry] where Target: HasIdleKeys {
        let idle = settings.idle
        return keys.compactMap { key in
            guard let value = key.shows(settings), idle.isEmpty || !idle.has(key.identity) else {
                return nil
            }
            return SettingsEntry(key.name, value)
        }
    }

    /// Whether a key has a meaning only with an SSL port.
    package func isForTLS(_ name: String) -> Bool {
        self[lowercased: name.lowercased()]?.isForTLS == true
    }

    /// Whether a change of a key takes a restart, not a reload.
    package func needsRestart(_ name: String) -> Bool {
        self[lowercased: name.lowercased()]?.needsRestart == true
    }

    /// The place in ``keys`` of the key with a name in lower case.
    func index(lowercased name: String) -> Int? { indexes[name] }

    /// The key with a name in lower case.
    subscript(lowercased name: String) -> SchemaKey<Target>? {
        indexes[name].map { keys[$0] }
    }
}
