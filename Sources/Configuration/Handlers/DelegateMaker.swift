package import HandlerAPI

/// Makes the handlers to which the handler of a host hands clients (``HandlerOptions/handler(named:_:)``).
package struct DelegateMaker: Sendable {
    private let registry: HandlerRegistry
    /// The handlers that are being made, each for the one before it.
    private let makers: [any Handler.Type]
    private let keep: @Sendable (any Handler) -> Bool

    /// Prepares for the `init` of a handler.
    ///
    /// - Parameters:
    ///   - registry: the handlers that can be made; those of hosts in code have no name that can be asked for.
    ///   - type: the handler that will ask.
    ///   - keep: takes each one that is made, in an order in which they can be started; false when it is too late, since
    ///     `init` has returned.
    package init(
        _ registry: HandlerRegistry, for type: any Handler.Type,
        keep: @escaping @Sendable (any Handler) -> Bool
    ) {
        self.init(registry, [type], keep)
    }

    private init(
        _ registry: HandlerRegistry, _ makers: [any Handler.Type],
        _ keep: @escaping @Sendable (any Handler) -> Bool
    ) {
        self.registry = registry
        self.makers = makers
        self.keep = keep
    }

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - options: those of the handler that asks.
    ///   - name: the name, in any case.
    ///   - keys: the values that it is given.
    /// - Returns: the handler, which `keep` has taken.
    /// - Throws: ``HandlerOptionError`` that blames a key which both handlers list, or `Handler`; another error of its `init`.
    package func make(
        _ options: HandlerOptions, _ name: String, _ keys: [(key: String, text: String)]
    ) throws -> any Handler {
        guard let type = registry.type(name) else {
            throw HandlerOptionError(isMistake: false, registry.absence(of: name))
        }
        try refuseCircle(type)
        try requireTraits(of: type)
        let inherited = try self.inherited(of: type, options.values)
        let own = Set(keys.map { $0.key.lowercased() })
        let isInherited = { @Sendable (key: String) in
            inherited[key] != nil && !own.contains(key.lowercased())
        }
        let made: any Handler
        do {
            let next = DelegateMaker(registry, makers + [type], keep)
            made = try type.init(
                options.with(
                    values: HandlerDeclaration(type).values(keys, inheriting: inherited),
                    makeHandler: next.make
                ) { [tell = options.tell] key, message in
                    tell(isInherited(key) ? key : "\(key) of the handler \(type.name)", message)
                })
        } catch let error as HandlerOptionError where !isInherited(error.key) {
            // The place of a key with this name would be that of another handler's.
            let key = error.key == "Handler" ? "" : "\(error.key): "
            throw HandlerOptionError(
                isMistake: error.isMistake, "\(type.name): \(key)\(error.message)")
        }
        guard keep(made) else {
            throw HandlerOptionError(
                "\(makers[0].name) asks for the handler \(type.name) after its init: ask in init, "
                    + "and keep the handler")
        }
        return made
    }

    private func refuseCircle(_ type: any Handler.Type) throws(HandlerOptionError) {
        guard makers.contains(where: { $0 == type }) else { return }
        let circle = (makers + [type]).map { $0.name }.joined(separator: ", which makes ")
        throw HandlerOptionError("it would never end: \(circle)")
    }

    /// The limits of descriptors, and the `[Target]` sections, are those of the host's own handler.
    private func requireTraits(of type: any Handler.Type) throws(HandlerOptionError) {
        let (own, needed) = (makers[0].traits, type.traits)
        guard
            own.extraDescriptors < needed.extraDescriptors
                || needed.usesTargets && !own.usesTargets
        else { return }
        let targets = needed.usesTargets ? "usesTargets: true, " : ""
        throw HandlerOptionError(
            "\(makers[0].name) hands clients to \(type.name): its traits must have "
                + "\(targets)extraDescriptors: \(needed.extraDescriptors)")
    }

    /// The values of the keys that both handlers list.
    private func inherited(
        of type: any Handler.Type, _ values: [String: HandlerOptions.Value]
    ) throws(HandlerOptionError) -> [String: HandlerOptions.Value] {
        let own = HandlerDeclaration(makers[makers.count - 1]).keys
        let kinds = Dictionary(own.map { ($0.name, $0.kind) }) { first, _ in first }
        var inherited: [String: HandlerOptions.Value] = [:]
        for key in HandlerDeclaration(type).keys {
            guard let kind = kinds[key.name] else { continue }
            guard kind == key.kind else {
                throw HandlerOptionError(
                    name: key.name,
                    "\(makers[makers.count - 1].name) and \(type.name) declare it with different types: "
                        + "list the key of \(type.name)")
            }
            inherited[key.name] = values[key.name]
        }
        return inherited
    }
}
