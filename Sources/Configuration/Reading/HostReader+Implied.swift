internal import HandlerAPI
internal import TextFormats

extension HostReader {
    /// The handler that other keys imply when `Handler` is absent (``HandlerTraits/Implication``).
    ///
    /// `ForwardProxy=True` that no handler supports only allows a redirect, which takes precedence, as in
    /// ICS.
    func impliedHandler() -> Located<String>? {
        for precedence in HandlerTraits.Implication.Precedence.allCases {
            for name in context.handlers.names {
                guard let handler = context.handlers[name] else { continue }
                for implication in handler.traits.impliedBy
                where implication.precedence == precedence {
                    guard let place = place(of: implication.condition, for: handler) else {
                        continue
                    }
                    return Located(handler.name, at: place)
                }
            }
            if precedence == .first, forwardProxy != nil, !canForward { return nil }
        }
        return nil
    }

    /// The place that meets the condition of an implication, nil when none does.
    private func place(
        of condition: HandlerTraits.Implication.Condition, for handler: HandlerTable.Handler
    ) -> SourceLocation? {
        switch condition {
        case .targets:
            guard let tag = value(of: "HostTag"),
                context.targetTags.contains(tag.value.lowercased())
            else { return nil }
            return tag.location
        case .keys(let names):
            let places = names.compactMap { set($0, of: handler) }
            return places.count == names.count ? places.first : nil
        }
    }

    /// The place where a key has a value other than its default, nil when it has none.
    private func set(_ key: String, of handler: HandlerTable.Handler) -> SourceLocation? {
        guard let value = value(of: key) ?? context.handlerKeys[key], !value.value.isEmpty,
            let index = handler.indexes[key.lowercased()]
        else { return nil }
        var ignored = Diagnostics()
        let read = handler.types[index].read(value, of: key, into: &ignored)
        // An invalid value counts too.
        if let read, read == (try? handler.keys[index].read(nil).get()) { return nil }
        return value.location
    }

    /// The place where `ForwardProxy` is True.
    private var forwardProxy: Located<String>? {
        var ignored = Diagnostics()
        guard let entry = entry(of: "ForwardProxy"), entry.isKnown,
            ValueType<Bool>.foreignBoolean.read(
                entry.value, of: "ForwardProxy", into: &ignored) == true
        else { return nil }
        return entry.value
    }

    /// Whether a handler supports `ForwardProxy`.
    private var canForward: Bool { context.handlers.hasOwner(ofKey: "ForwardProxy") }

    /// Whether the host should be a forward proxy, and no handler can be one.
    var lacksForwardProxy: Bool { host.troubles.contains { $0.key == "ForwardProxy" } }

    /// Keeps a host down that should be a forward proxy.
    mutating func refuseForwardProxy() {
        // In ICS, too, a redirect takes precedence.
        let isRedirect = host.traits.redirect.map { $0.statusKey == nil } ?? false
        guard let forward = forwardProxy, !isRedirect, !canForward else { return }
        host.troubles.append(
            SectionTrouble(
                kind: .feature, key: "ForwardProxy", value: forward.value,
                message:
                    "ForwardProxy=True is not supported yet: \(ProgramIdentity.command) has no forward proxy",
                location: forward.location))
    }
}
