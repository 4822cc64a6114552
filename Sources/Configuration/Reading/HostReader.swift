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
        refuseForwardProxy()
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
        guard let reservation = key.reservation, !isUsed else {
            host.troubles += key.read(entry, in: &host, context, into: &diagnostics)
            return
        }
        let owners = context.handlers.owners(ofKey: key.name).map(\.name)
        if owners.isEmpty {
            // What web hosts speak is HTTP.
            let isObeyed = key.name == "Proto" && host.isWeb
            let isTold = key.name == "ForwardProxy" && lacksForwardProxy
            guard !isObeyed, !isTold else {
                return key.store(entry.value, in: &host, diagnostics: &diagnostics)
            }
            key.readIdle(
                entry, in: &host, because: reservation.lack, context,
                into: &diagnostics)
        } else if let handler = host.handler, context.handlers[handler.value] != nil {
            // Keys of ICS that a handler brings are of use to hosts of that handler.
            key.readIdle(
                entry, in: &host,
                because: "it is a key of \(owners.joined(separator: " and ")), not of the handler "
                    + handler.value.quoted, context, into: &diagnostics)
        } else {
            key.store(entry.value, in: &host, diagnostics: &diagnostics)
        }
    }

    /// The first entry of a key, in any of its spellings; nil when it is not given.
    private func entry(of key: String) -> INIDocument.Entry? {
        entries.first { $0.index.map { Schema.host.keys[$0].name == key } ?? false }?.entry
    }

    private func value(of key: String) -> Located<String>? { entry(of: key)?.value }

    /// The handler that other keys imply where `Handler` is silent.
    ///
    /// ICS redirects where `WebRedirectStat` is not 0; here an address alone is enough where nothing
    /// else says what the host is for.
    private func impliedHandler() -> Located<String>? {
        guard let redirect = value(of: "WebRedirectURL"), !redirect.value.isEmpty else {
            return handlerImpliedByOthers()
        }
        let status = value(of: "WebRedirectStat") ?? context.handlerKeys["WebRedirectStat"]
        let isWanted = status.map { Int($0.value) != 0 } ?? false
        if !isWanted, let other = handlerImpliedByOthers() { return other }
        let isForward = !isWanted && forwardProxy != nil
        return isForward ? nil : Located("redirect", at: redirect.location)
    }

    /// Where `ForwardProxy` says True.
    private var forwardProxy: Located<String>? {
        var ignored = Diagnostics()
        guard let entry = entry(of: "ForwardProxy"), entry.isKnown,
            ValueType<Bool>.foreignBoolean.read(
                entry.value, of: "ForwardProxy", into: &ignored) == true
        else { return nil }
        return entry.value
    }

    /// Whether the host is to be a forward proxy, and no handler can be one.
    private var lacksForwardProxy: Bool {
        host.troubles.contains { $0.key == "ForwardProxy" }
    }

    /// Keeps a host from serving as anything else what is meant for a forward proxy.
    private mutating func refuseForwardProxy() {
        // In ICS, too, a redirect goes before it.
        guard let forward = forwardProxy, host.handler?.value != "redirect",
            !context.handlers.hasOwner(ofKey: "ForwardProxy"),
            context.handlers["forwardproxy"] == nil
        else { return }
        host.troubles.append(
            SectionTrouble(
                kind: .feature, key: "ForwardProxy", value: forward.value,
                message: "ForwardProxy=True is not supported yet: icshostd has no forward proxy",
                location: forward.location))
    }

    private func handlerImpliedByOthers() -> Located<String>? {
        if let forward = forwardProxy {
            // Else its host is down.
            return context.handlers["forwardproxy"].map { Located($0.name, at: forward.location) }
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
        } else if !UnusedNames.note(entry, into: &diagnostics) {
            let handler = host.handler.flatMap { context.handlers[$0.value] }
            let own = Schema.host.names + (handler?.keys.map(\.name) ?? [])
            diagnostics.error(
                at: entry.key.location,
                KeyHome.message(name, in: host.section, context.handlers)
                    ?? KeyHome.unknownMessage(
                        name, in: host.section, having: own, context.handlers))
        }
    }

    /// Tells the required keys that are missing, at the section, or blank, at their value.
    private func requireKeys(into diagnostics: inout Diagnostics) {
        let names = context.handlers.names.joined(separator: ", ")
        let isMissing = host.handler == nil && !lacksForwardProxy
        let handler = isMissing ? [("Handler", "name one of \(names)")] : []
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
            for key in Schema.host.keys where key.isForTLS && !host.idle.has(key.identity) {
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
            "no port is set, so a free plain port is used: set BindNonPort or BindSslPort")
    }
}
