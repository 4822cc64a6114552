package import HandlerAPI

/// The handlers that a configuration can name.
package struct HandlerRegistry: Sendable {
    private let types: [String: any Handler.Type]
    /// Handlers of hosts in code, by their names in lower case.
    private var instances: [String: Instance] = [:]

    /// The handler of a host in code.
    private struct Instance: Sendable {
        let name: String
        let type: any Handler.Type
        let make: @Sendable (HandlerOptions) throws -> any Handler
    }

    /// The mistakes of the programmers in the declarations of these handlers.
    package static func mistakes(in types: [any Handler.Type]) -> [String] {
        types.flatMap { HandlerDeclaration($0).mistakes }
    }

    /// Registers handlers without ``mistakes(in:)``; of two with one name, in any case, the later one counts, so
    /// that a program can replace a built-in handler by its own.
    package init(_ types: [any Handler.Type]) {
        let mistakes = HandlerRegistry.mistakes(in: types)
        precondition(mistakes.isEmpty, mistakes.joined(separator: "\n"))
        self.types = Dictionary(types.map { ($0.name.lowercased(), $0) }) { _, later in later }
    }

    /// Registers what makes the handler of the hosts with this name of a handler, which no type has.
    package mutating func add(
        _ type: any Handler.Type, named name: String,
        _ make: @escaping @Sendable (HandlerOptions) throws -> any Handler
    ) {
        instances[name.lowercased()] = Instance(name: name, type: type, make: make)
    }

    /// The type of the handler with this name, in any case; hosts in code have names, too.
    package subscript(name: String) -> (any Handler.Type)? {
        type(name) ?? instances[name.lowercased()]?.type
    }

    /// The handler with this name, in any case, that any host can have.
    package func type(_ name: String) -> (any Handler.Type)? { types[name.lowercased()] }

    /// Makes the handler of a host; nil where there is none with this name.
    package func make(_ name: String, _ options: HandlerOptions) throws -> (any Handler)? {
        if let instance = instances[name.lowercased()] { return try instance.make(options) }
        return try type(name)?.init(options)
    }

    /// The declarations of all handlers; instances have no keys.
    package var declarations: [HandlerDeclaration] {
        all.map { HandlerDeclaration($0) }
            + instances.values.sorted { $0.name < $1.name }.map {
                HandlerDeclaration(name: $0.name, traits: $0.type.traits)
            }
    }

    /// What to say of a name that no handler has.
    package func absence(of name: String) -> String {
        let known = all.map { $0.name }
        let remedy =
            Suggestion.nearest(to: name, among: known).map { "did you mean \"\($0)\"?" }
            ?? "there are \(known.joined(separator: ", "))"
        return "no handler named \(name.quoted): \(remedy)"
    }

    /// All handlers, by name.
    package var all: [any Handler.Type] { types.values.sorted { $0.name < $1.name } }
}
