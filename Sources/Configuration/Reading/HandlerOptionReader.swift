internal import HandlerAPI

/// Reads the keys of one host's handler.
struct HandlerOptionReader {
    private let handler: HandlerTable.Handler?
    private let context: ReadingContext
    /// The values in the host's section, by the index of the key.
    private var given: [Int: [Located<String>]] = [:]

    /// Creates a reader for a handler, nil for a missing or unknown one.
    init(_ handler: HandlerTable.Handler?, _ context: ReadingContext) {
        self.handler = handler
        self.context = context
    }

    /// The handler's key with one of its names in lower case.
    func key(_ name: String) -> KeyDeclaration? {
        guard let handler, let index = handler.indexes[name] else { return nil }
        return handler.keys[index]
    }

    /// Adds a value of a key of the handler.
    mutating func take(_ value: Located<String>, for name: String) {
        guard let index = handler?.indexes[name] else { return }
        given[index, default: []].append(value)
    }

    /// Sets a value for every key of the handler in its host: the host's own, that of `[Server]`, or the
    /// default.
    func finish(in host: inout HostSettings, into diagnostics: inout Diagnostics) {
        guard let handler else { return }
        for (index, key) in handler.keys.enumerated() {
            let type = handler.types[index]
            var (texts, origin) = texts(of: index, key, at: host.location)
            if texts.allSatisfy(\.value.isEmpty), !type.takesBlank || origin == .standard {
                texts = [Located(key.defaultText, at: texts.first?.location ?? host.location)]
            }
            // The schema has already parsed it, and kept more details.
            if origin == .host, case .text = key.kind, texts.count == 1,
                case .text(let known)? = host.reserved[key.name]?.value
            {
                texts[0].value = known
            }
            if type.isPath {
                let troubles = texts.indices.compactMap {
                    context.mapPath(&texts[$0], of: key.name, in: texts[$0].value)
                }
                // A key that ICS has too was already reported.
                host.troubles += troubles.filter { trouble in
                    !host.troubles.contains { $0.location == trouble.location }
                }
                guard troubles.isEmpty else { continue }
            }
            // One warning for one value: the schema has already reported a key that it knows.
            let isTold =
                origin == .host
                && Schema.host[lowercased: key.name.lowercased()]?.quotes == .doubted
            guard
                let value = read(
                    texts, key, isTold ? type.quotes(.meant) : type, origin, into: &diagnostics)
            else { continue }
            host.handlerOptions.append(
                HandlerOption(
                    key: key.name, value: value, location: texts[0].location,
                    items: places(in: texts, key), origin: origin))
        }
    }

    private func texts(
        of index: Int, _ key: KeyDeclaration, at place: SourceLocation
    ) -> ([Located<String>], HandlerOption.Origin) {
        if let own = given[index] { return (own, .host) }
        let name = Schema.host[lowercased: key.name.lowercased()]?.name ?? key.name
        if let text = context.handlerKeys[name] { return ([text], .server) }
        return ([Located(key.defaultText, at: place)], .standard)
    }

    /// Parses the texts of a key, more than one only if it may be repeated.
    private func read(
        _ texts: [Located<String>], _ key: KeyDeclaration,
        _ type: ValueType<HandlerOptions.Value>, _ origin: HandlerOption.Origin,
        into diagnostics: inout Diagnostics
    ) -> HandlerOptions.Value? {
        if let blank = key.kind.blank, texts.allSatisfy(\.value.isEmpty) { return blank }
        // A mistake in [Server] was reported there.
        var ignored = Diagnostics()
        var items: [String] = []
        var value: HandlerOptions.Value?
        for text in texts where !text.value.isEmpty || type.takesBlank {
            value =
                origin == .server
                ? type.read(text, of: key.name, into: &ignored)
                : type.read(text, of: key.name, into: &diagnostics)
            guard let value else { return nil }
            if case .list(let more) = value { items += more }
        }
        return key.kind.isRepeatable ? .list(items) : value
    }

    /// The places of the items of a list.
    private func places(
        in texts: [Located<String>], _ key: KeyDeclaration
    ) -> [SourceLocation] {
        switch key.kind {
        case .texts: texts.filter { !$0.value.isEmpty }.map(\.location)
        case .list: texts.flatMap(\.commaSeparated).map(\.location)
        default: []
        }
    }
}
