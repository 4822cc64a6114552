/// The handlers that are known, found by name and by key in any case.
struct HandlerTable: Sendable {
    /// The names in the order of declaration.
    let names: [String]
    private let handlers: [String: Handler]
    private let owners: [String: [String]]

    /// A handler with its keys ready to be read.
    struct Handler: Sendable {
        /// The name as declared.
        let name: String
        /// The keys as declared.
        let keys: [HandlerDeclaration.Key]
        /// How the values of the keys are read.
        let types: [ValueType<HandlerOptionValue>]
        /// The index of each key by its name in lower case.
        let indexes: [String: Int]
    }

    /// Indexes the declarations; of two with one name, the later one counts.
    init(_ declarations: [HandlerDeclaration]) {
        names = declarations.map(\.name)
        handlers = Dictionary(
            declarations.map { declaration in
                let names = declaration.keys.enumerated().map { ($1.name.lowercased(), $0) }
                let handler = Handler(
                    name: declaration.name, keys: declaration.keys,
                    types: declaration.keys.map(\.type.valueType),
                    indexes: Dictionary(names) { _, later in later })
                return (declaration.name.lowercased(), handler)
            }
        ) { _, later in later }
        owners = Dictionary(
            declarations.flatMap { declaration in
                declaration.keys.map { ($0.name.lowercased(), [declaration.name]) }
            }, uniquingKeysWith: +)
    }

    /// The handler of a name, nil when there is none.
    subscript(name: String) -> Handler? { handlers[name.lowercased()] }

    /// The names of the handlers that have a key.
    func owners(ofKey name: String) -> [String] { owners[name.lowercased(), default: []] }
}
