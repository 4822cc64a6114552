internal import NetworkTypes

/// Reads one host section.
struct HostReader {
    private let entries: [NamedEntry]
    private let context: ReadingContext
    private var host: HostSettings
    private var keys = KeyPlaces()

    /// Begins a host with what the section's name says.
    init(_ section: INIDocument.Section, _ context: ReadingContext) {
        entries = section.entries.map(NamedEntry.init)
        self.context = context
        host = HostSettings(section: section.name.value, location: section.name.location)
    }

    /// An entry with what its key is in the ``Schema``, looked up once.
    private struct NamedEntry {
        let entry: INIDocument.Entry
        /// The key in lower case.
        let name: String
        let index: Int?

        init(_ entry: INIDocument.Entry) {
            self.entry = entry
            name = entry.key.value.lowercased()
            index = Schema.host.index(lowercased: name)
        }

        var key: SchemaKey<HostSettings>? { index.map { Schema.host.keys[$0] } }
    }

    /// What a section says.
    struct Result {
        var host: HostSettings
        /// Whether it says whether it is enabled, which ICS needs.
        let saysEnabled: Bool
    }

    /// Reads the keys, in any order, and checks what must go together.
    consuming func read(into diagnostics: inout Diagnostics) -> Result {
        let errorsBefore = diagnostics.count(.error)
        if let given = entry(of: "Handler") {
            host.handler = given.value.value.isEmpty || !given.isKnown ? nil : given.value
        } else {
            host.handler = impliedHandler()
        }
        let handler = host.handler.flatMap { context.handlers[$0.value] }
        var options = HandlerOptionReader(handler, context)
        readKeys(&options, into: &diagnostics)
        // The declared spelling; a handler that is not known is the server's to tell.
        if let handler { host.handler?.value = handler.name }
        options.finish(in: &host, into: &diagnostics)
        requireKeys(into: &diagnostics)
        ListeningCheck.removeRepeatedAddresses(of: &host, into: &diagnostics)
        // With a mistake among the keys, what is missing may be what is mistaken.
        if diagnostics.count(.error) == errorsBefore {
            checkPorts(into: &diagnostics)
            HostCheck.check(host, into: &diagnostics)
        }
        return Result(host: host, saysEnabled: keys["HostEnabled"]?.value.isEmpty == false)
    }

    private mutating func readKeys(
        _ options: inout HandlerOptionReader, into diagnostics: inout Diagnostics
    ) {
        for named in entries {
            let own = options.key(named.name)
            let errorsBefore = diagnostics.count(.error)
            read(named, own, into: &diagnostics)
            guard named.entry.isKnown, diagnostics.count(.error) == errorsBefore else {
                host.mistakes.formUnion(mistake(of: named.key, own))
                continue
            }
            guard let own else { continue }
            if named.key == nil, case .boolean = own.type {
                diagnostics.noteBlankBoolean(named.entry, own.defaultText)
            }
            options.take(named.entry.value, for: named.name)
        }
    }

    /// What is not known of the host when one of its keys is mistaken.
    private func mistake(
        of key: SchemaKey<HostSettings>?, _ own: HandlerDeclaration.Key?
    ) -> HostSettings.Mistakes {
        switch key?.name {
        case nil: own == nil ? .keys : .handler
        case "Handler", "HostTag": .handler
        case "BindIpAddr", "BindIpAddr2", "BindSslPort": .port
        case "Hosts": .certificate
        default: key?.isForTLS == true ? .certificate : own == nil ? [] : .handler
        }
    }

    private mutating func read(
        _ named: NamedEntry, _ own: HandlerDeclaration.Key?, into diagnostics: inout Diagnostics
    ) {
        let (entry, key) = (named.entry, named.key)
        guard
            own?.type.isRepeatable == true
                || keys.insert(entry, as: key?.identity ?? named.name, into: &diagnostics)
        else { return }
        guard key != nil || own != nil else { return refuse(named, into: &diagnostics) }
        if let key, entry.isKnown { read(entry, key, isUsed: own != nil, into: &diagnostics) }
    }

    private mutating func read(
        _ entry: INIDocument.Entry, _ key: SchemaKey<HostSettings>, isUsed: Bool,
        into diagnostics: inout Diagnostics
    ) {
        // Keys of ICS that a handler brings are of use to hosts of that handler.
        if key.isReserved, !isUsed, !entry.value.value.isEmpty, let handler = host.handler,
            context.handlers.hasOwner(ofKey: key.name)
        {
            diagnostics.note(
                at: entry.key.location,
                "not used by the handler \(handler.value.quoted): \(key.name)")
        }
        host.troubles += key.read(entry, in: &host, context, into: &diagnostics)
    }

    /// The first entry of a key, in any of its spellings; nil when it is not given.
    private func entry(of key: String) -> INIDocument.Entry? {
        entries.first { $0.index.map { Schema.host.keys[$0].name == key } ?? false }?.entry
    }

    private func value(of key: String) -> Located<String>? { entry(of: key)?.value }

    /// The handler that other keys imply where `Handler` is silent.
    private func impliedHandler() -> Located<String>? {
        if let redirect = value(of: "WebRedirectURL"), !redirect.value.isEmpty {
            return Located("redirect", at: redirect.location)
        }
        var ignored = Diagnostics()
        if let forward = value(of: "ForwardProxy"),
            ValueType<Bool>.foreignBoolean.read(forward, of: "ForwardProxy", into: &ignored) == true
        {
            return Located("forwardproxy", at: forward.location)
        }
        if let tag = value(of: "HostTag"), context.targetTags.contains(tag.value.lowercased()) {
            return Located("proxy", at: tag.location)
        }
        let directory = value(of: "WebDocDir") ?? context.handlerKeys["WebDocDir"]
        guard let directory, !directory.value.isEmpty else { return nil }
        return Located("web", at: directory.location)
    }

    /// Tells why a key has no place in this section.
    private func refuse(_ named: NamedEntry, into diagnostics: inout Diagnostics) {
        let entry = named.entry
        let name = entry.key.value
        let owners = context.handlers.owners(ofKey: name).map(\.name)
        if !owners.isEmpty {
            guard self.entry(of: "Handler")?.isKnown != false else { return }
            let own = host.handler.map { "not of \($0.value.quoted)" } ?? "and Handler is missing"
            diagnostics.error(
                at: entry.key.location,
                "\(name) is a key of the handler \(owners.joined(separator: ", ")), \(own)")
        } else if UnusedNames.contains(hostKey: named.name) {
            diagnostics.note(
                at: entry.key.location, "not used by icshostd: \(name.printable)")
        } else if Schema.server[lowercased: named.name] != nil {
            diagnostics.error(
                at: entry.key.location, "\(name) belongs in [Server], not in [\(host.section)]")
        } else {
            let handler = host.handler.flatMap { context.handlers[$0.value] }
            let candidates = Schema.host.names + (handler?.keys.map(\.name) ?? [])
            diagnostics.error(
                at: entry.key.location,
                "unknown key \(name.quoted) in [\(host.section)]"
                    + Suggestion.hint(for: name, among: candidates))
        }
    }

    /// Tells the required keys that are missing, at the section, or blank, at their value.
    private func requireKeys(into diagnostics: inout Diagnostics) {
        let names = context.handlers.names.joined(separator: ", ")
        let handler = host.handler == nil ? [("Handler", "name one of \(names)")] : []
        for (name, advice) in Schema.host.required + handler where !keys.isUnknown(name) {
            guard let value = keys[name] else {
                diagnostics.error(at: host.location, "\(name) is missing: \(advice)")
                continue
            }
            guard value.value.isEmpty else { continue }
            diagnostics.error(at: value.location, "\(name) is blank: \(advice)")
        }
    }

    private mutating func checkPorts(into diagnostics: inout Diagnostics) {
        ListeningCheck.check(host, into: &diagnostics)
        if !host.needsCertificate {
            for key in Schema.host.keys where key.isForTLS {
                guard let value = keys[key.name], !value.value.isEmpty else { continue }
                diagnostics.warn(
                    at: value.location, "\(key.name) has no effect: BindSslPort is not set")
            }
        }
        guard host.plainPort == nil, host.tlsPort == nil,
            host.addresses.contains(where: { $0.value.ip != nil })
        else { return }
        host.plainPort = Located(.automatic, at: host.location)
        diagnostics.warn(
            at: host.location,
            "no port: a free plain port is taken; set BindNonPort or BindSslPort")
    }
}
