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
    /// - Returns: what keeps the section from being used, nil for nothing.
    func read(
        _ entry: INIDocument.Entry, in target: inout Target, _ context: ReadingContext,
        into diagnostics: inout Diagnostics
    ) -> Located<String>? {
        var value = entry.value
        if isReserved, !context.handlers.hasOwner(ofKey: name), !value.value.isEmpty {
            diagnostics.note(at: entry.key.location, "not used by icshostd yet: \(name)")
        }
        if isPath, let trouble = context.mapPaths(&value, of: name, isList) { return trouble }
        store(value, in: &target, diagnostics: &diagnostics)
        return nil
    }
}

extension ReadingContext {
    /// Rewrites a path of Windows, or several by comma.
    fileprivate func mapPaths(
        _ value: inout Located<String>, of name: String, _ isList: Bool
    ) -> Located<String>? {
        guard isList, value.value.contains(","), !InlinePEM.begins(value.value) else {
            return mapPath(&value, of: name)
        }
        var paths = value.commaSeparated
        for index in paths.indices {
            if let trouble = mapPath(&paths[index], of: name) { return trouble }
        }
        value.value = paths.map(\.value).joined(separator: ",")
        return nil
    }

    /// Rewrites a path of Windows.
    ///
    /// - Returns: that nothing says what the path is here, else nil.
    func mapPath(_ value: inout Located<String>, of name: String) -> Located<String>? {
        guard !value.value.isEmpty, !InlinePEM.begins(value.value) else { return nil }
        switch paths.map(value.value) {
        case .unchanged: break
        case .mapped(let path): value.value = path
        case .unmapped(let line):
            return Located(
                "\(name) is the path of a Windows machine: add the line \(line) to [PathMap], "
                    + "with the directory that it is here", at: value.location)
        }
        return nil
    }
}
