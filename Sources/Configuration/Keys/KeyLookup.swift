/// Finds the line that sets a key, in any of the files, for `explain`.
package struct KeyLookup {
    private let sections: [INIDocument.Section]

    /// Scans the files of a configuration again, since most commands need no such places.
    package init(_ loaded: LoadedConfiguration) {
        var ignored = Diagnostics()
        sections = loaded.sources.flatMap {
            INIScanner.scan($0, variable: loaded.variable, into: &ignored).sections
        }
    }

    /// The value of a key in a host section, or the default of the ``Schema`` without a place.
    ///
    /// The text is as written, with variables expanded but Windows paths unmapped.
    ///
    /// - Returns: nil when there is no such key.
    package func host(
        _ key: String, of section: String
    ) -> (text: String, location: SourceLocation?)? {
        find(key, in: Schema.host) { SectionID($0) == SectionID(section) }
    }

    /// The value of a key in `[Server]`, or the default of the ``Schema`` without a place.
    ///
    /// - Returns: nil when there is no such key.
    package func server(_ key: String) -> (text: String, location: SourceLocation?)? {
        find(key, in: Schema.server) { name in
            guard case .server = SectionKind(name) else { return false }
            return true
        }
    }

    private func find<Target>(
        _ name: String, in table: SchemaTable<Target>, where isWanted: (String) -> Bool
    ) -> (text: String, location: SourceLocation?)? {
        guard let key = table[lowercased: name.lowercased()] else { return nil }
        for section in sections where isWanted(section.name.value) {
            for entry in section.entries {
                guard table[lowercased: entry.key.value.lowercased()]?.name == key.name,
                    !entry.value.value.isEmpty
                else { continue }
                return (key.isSecret ? "(set)" : entry.value.value, entry.value.location)
            }
        }
        return (key.defaultText, nil)
    }
}
