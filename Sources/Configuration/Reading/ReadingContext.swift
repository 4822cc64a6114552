/// The parts of other sections that the reader of a section needs.
struct ReadingContext: Sendable {
    let handlers: HandlerTable
    var paths = PathMap()
    /// The tags of all targets, in lower case.
    var targetTags: Set<String> = []
    /// The values of handler keys in `[Server]`, by their names in the ``Schema``.
    var handlerKeys: [String: Located<String>] = [:]

    init(_ handlers: [HandlerDeclaration]) {
        self.handlers = HandlerTable(handlers)
    }
}

extension SchemaKey {
    /// Parses an entry of this key, and maps its Windows paths.
    ///
    /// - Returns: the paths that keep the section from being used.
    func read(
        _ entry: INIDocument.Entry, in target: inout Target, _ context: ReadingContext,
        into diagnostics: inout Diagnostics
    ) -> [SectionTrouble] {
        var value = entry.value
        // A blank HostEnabled is reported as an absent one.
        if isBoolean, name != "HostEnabled" { diagnostics.noteBlankBoolean(entry, defaultText) }
        let unmapped = isPath ? context.mapPaths(&value, of: name, isList) : []
        if unmapped.isEmpty { store(value, in: &target, diagnostics: &diagnostics) }
        return unmapped
    }
}

extension ReadingContext {
    /// Maps a Windows path, or several by comma.
    func mapPaths(
        _ value: inout Located<String>, of name: String, _ isList: Bool
    ) -> [SectionTrouble] {
        guard isList, value.value.contains(","), !InlinePEM.begins(value.value) else {
            return mapPath(&value, of: name, in: value.value).map { [$0] } ?? []
        }
        var paths = value.commaSeparated
        let unmapped = paths.indices.compactMap { index in
            mapPath(&paths[index], of: name, in: value.value)
        }
        value.value = paths.map(\.value).joined(separator: ",")
        return unmapped
    }

    /// Maps a Windows path, which is all or part of a value.
    ///
    /// - Returns: the trouble of a path without a mapping, else nil.
    func mapPath(
        _ value: inout Located<String>, of name: String, in whole: String
    ) -> SectionTrouble? {
        guard !value.value.isEmpty, !InlinePEM.begins(value.value) else { return nil }
        switch paths.map(value.value, below: PathMap.root(of: name)) {
        case .unchanged: break
        case .mapped(let path): value.value = path
        case .unmapped(let line):
            return SectionTrouble(
                kind: .path, key: name, value: whole,
                message: "\(name) is a Windows path: add the line \(line) to "
                    + "[PathMap], with the local directory", location: value.location)
        }
        return nil
    }
}
