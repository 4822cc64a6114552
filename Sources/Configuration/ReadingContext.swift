/// What the reader of a section has to know of the other sections.
struct ReadingContext: Sendable {
    let handlers: HandlerTable
    var paths = PathMap()
    /// The tags of all targets, in lower case.
    var targetTags: Set<String> = []

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
        if isReserved, !value.value.isEmpty {
            diagnostics.note(at: entry.key.location, "not used by icshostd yet: \(name)")
        }
        if isPath, !value.value.isEmpty, !InlinePEM.begins(value.value) {
            switch context.paths.map(value.value) {
            case .unchanged: break
            case .mapped(let path): value.value = path
            case .unmapped(let line):
                return Located(
                    "\(name) is the path of a Windows machine: add the line \(line) to [PathMap], "
                        + "with the directory that it is here", at: value.location)
            }
        }
        store(value, in: &target, diagnostics: &diagnostics)
        return nil
    }
}
