/// What the reader of a section has to know of the other sections.
struct ReadingContext: Sendable {
    let handlers: HandlerTable
    var paths = PathMap()
    /// The tags of all targets, in lower case.
    var targetTags: Set<String> = []
    /// What `[Server]` says for the keys of handlers, by their names in the ``Schema``.
    var handlerKeys: [String: Located<String>] = [:]

    init(_ handlers: [HandlerDeclaration]) {
        self.handlers = HandlerTable(handlers)
    }
}

extension SchemaKey {
    /// Reads an entry of this key, whose path may be one of Windows.
    ///
    /// - Returns: the paths that keep the section from being used.
    func read(
        _ entry: INIDocument.Entry, in target: inout Target, _ context: ReadingContext,
        into diagnostics: inout Diagnostics
    ) -> [SectionTrouble] {
        var value = entry.value
        // A blank HostEnabled is told as one that is absent.
        if isBoolean, name != "HostEnabled" { diagnostics.noteBlankBoolean(entry, defaultText) }
        let unmapped = isPath ? context.mapPaths(&value, of: name, isList) : []
        if unmapped.isEmpty { store(value, in: &target, diagnostics: &diagnostics) }
        return unmapped
    }
}

extension ReadingContext {
    /// Rewrites a path of Windows, or several by comma.
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

    /// Rewrites a path of Windows, which is all of a value or part of it.
    ///
    /// - Returns: that nothing says what the path is here, else nil.
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
