internal import HandlerAPI
internal import NetworkTypes

/// Reads one host section.
struct HostReader {
    private let entries: [NamedEntry]
    let context: ReadingContext
    var host: HostSettings
    private var keys = KeyPlaces()

    /// Creates a reader for a host section.
    init(_ section: INIDocument.Section, _ context: ReadingContext) {
        entries = section.entries.map(NamedEntry.init)
        self.context = context
        host = HostSettings(section: section.name.value, location: section.name.location)
    }

    /// An entry with its key in the ``Schema``, looked up once.
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

    /// The result.
    struct Result {
        var host: HostSettings
        /// Whether `HostEnabled` is set, which ICS requires.
        let saysEnabled: Bool
    }

    /// Parses the keys, in any order, and checks them against each other.
    consuming func read(into diagnostics: inout Diagnostics) -> Result {
        let errorsBefore = diagnostics.count(.error)
        if let given = entry(of: "Handler") {
            host.handler = given.value.value.isEmpty || !given.isKnown ? nil : given.value
        } else {
            host.handler = impliedHandler()
        }
        let handler = host.handler.flatMap { context.handlers[$0.value] }
        if let handler { host.traits = handler.traits }
        refuseForwardProxy()
        var options = HandlerOptionReader(handler, context)
        readKeys(&options, into: &diagnostics)
        // The declared spelling; the server reports an unknown handler.
        if let handler { host.handler?.value = handler.name }
        options.finish(in: &host, into: &diagnostics)
        requireKeys(into: &diagnostics)
        ListeningCheck.removeRepeatedAddresses(of: &host, into: &diagnostics)
        // After a mistake, a missing key may be the mistaken one.
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
            if named.key == nil, case .boolean = own.kind {
                diagnostics.noteBlankBoolean(named.entry, own.defaultText)
            }
            options.take(named.entry.value, for: named.name)
        }
    }

    /// The parts of a host that are unknown because of a mistake in a key.
    private func mistake(
        of key: SchemaKey<HostSettings>?, _ own: KeyDeclaration?
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
        _ named: NamedEntry, _ own: KeyDeclaration?, into diagnostics: inout Diagnostics
    ) {
        let (entry, key) = (named.entry, named.key)
        guard
            own?.kind.isRepeatable == true
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
            // Web hosts speak HTTP.
            let isObeyed = key.name == "Proto" && host.traits.speaksHTTP
            let isTold = key.name == "ForwardProxy" && lacksForwardProxy
            guard !isObeyed, !isTold else {
                return key.store(entry.value, in: &host, diagnostics: &diagnostics)
            }
            key.readIdle(
                entry, in: &host, because: reservation.lack, context,
                into: &diagnostics)
        } else if let handler = host.handler, context.handlers[handler.value] != nil {
            // Keys of ICS that a handler supports apply to hosts of that handler.
            key.readIdle(
                entry, in: &host,
                because: "it is a key of \(owners.joined(separator: " and ")), not of the handler "
                    + handler.value.quoted, context, into: &diagnostics)
        } else {
            key.store(entry.value, in: &host, diagnostics: &diagnostics)
        }
    }

    /// The first entry of a key, in any of its spellings; nil when it is not set.
    func entry(of key: String) -> INIDocument.Entry? {
        let name = key.lowercased()
        guard let index = Schema.host.index(lowercased: name) else {
            return entries.first { $0.name == name }?.entry
        }
        return entries.first { $0.index == index }?.entry
    }

    func value(of key: String) -> Located<String>? { entry(of: key)?.value }

    /// Reports why a key is not valid in this section.
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

    /// Reports required keys that are missing, at the section, or blank, at their value.
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
