package import HandlerAPI

/// The handlers that a configuration can name.
package struct HandlerRegistry: Sendable {
    private let types: [String: any Handler.Type]
    /// Handlers of hosts in code, by their names in lower case.
    private var instances: [String: (name: String, handler: any Handler)] = [:]

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

    /// Registers an instance that serves the hosts with this name of a handler, which no type has.
    package mutating func add(_ handler: any Handler, named name: String) {
        instances[name.lowercased()] = (name, handler)
    }

    /// The handler with this name, in any case.
    package subscript(name: String) -> (any Handler.Type)? {
        types[name.lowercased()] ?? instance(name).map { type(of: $0) }
    }

    /// The instance of a host in code with this name, in any case.
    package func instance(_ name: String) -> (any Handler)? {
        instances[name.lowercased()]?.handler
    }

    /// The declarations of all handlers; instances have no keys.
    package var declarations: [HandlerDeclaration] {
        all.map { HandlerDeclaration($0) }
            + instances.values.sorted { $0.name < $1.name }.map { name, handler in
                HandlerDeclaration(name: name, traits: type(of: handler).traits)
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
