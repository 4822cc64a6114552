internal import HandlerAPI

/// The known handlers, by name and by key in any case.
struct HandlerTable: Sendable {
    /// The names in the order of declaration.
    let names: [String]
    private let handlers: [String: Handler]
    private let owners: [String: [Handler]]

    /// A handler with its keys and their types.
    struct Handler: Sendable {
        /// The name as declared.
        let name: String
        /// The traits.
        let traits: HandlerTraits
        /// The keys as declared.
        let keys: [KeyDeclaration]
        /// The types of the keys, in the same order.
        let types: [ValueType<HandlerOptions.Value>]
        /// The index of each key by all its names in lower case.
        let indexes: [String: Int]

        init(_ declaration: HandlerDeclaration) {
            name = declaration.name
            traits = declaration.traits
            keys = declaration.keys
            types = keys.map { key in
                let known = Schema.host[lowercased: key.name.lowercased()]
                let isKnown = known?.isReserved == true
                return isKnown
                    ? key.kind.valueType.quotes(known?.quotes ?? .refused) : key.kind.valueType
            }
            let names = keys.enumerated().flatMap { index, key in
                HandlerTable.names(of: key).map { ($0, index) }
            }
            indexes = Dictionary(names) { _, later in later }
        }
    }

    /// Indexes the declarations; of two with one name, the later one is used.
    init(_ declarations: [HandlerDeclaration]) {
        names = declarations.map(\.name)
        let all = declarations.map(Handler.init)
        handlers = Dictionary(all.map { ($0.name.lowercased(), $0) }) { _, later in later }
        owners = Dictionary(
            all.flatMap { handler in handler.indexes.keys.map { ($0, [handler]) } },
            uniquingKeysWith: +)
    }

    /// The names of a key in lower case; for a key of ICS, its aliases too.
    static func names(of key: KeyDeclaration) -> [String] {
        let name = key.name.lowercased()
        guard let known = Schema.host[lowercased: name], known.isReserved else {
            return [name]
        }
        return [name] + ([known.name] + known.aliases).map { $0.lowercased() }
    }

    /// The handler with a name, nil when there is none.
    subscript(name: String) -> Handler? { handlers[name.lowercased()] }

    /// The handlers that have a key.
    func owners(ofKey name: String) -> [Handler] { owners[name.lowercased(), default: []] }

    /// The names of all keys of all handlers.
    var keyNames: [String] { handlers.values.flatMap { $0.keys.map(\.name) }.sorted() }

    /// Whether some handler has a key.
    func hasOwner(ofKey name: String) -> Bool { !owners(ofKey: name).isEmpty }
}
