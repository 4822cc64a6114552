internal import NetworkTypes

/// Reads one host section.
struct HostReader {
    private let section: INIDocument.Section
    private let context: ReadingContext
    private var host: HostSettings
    private var keys = KeyPlaces()
    /// The keys that the ``Schema`` does not have: those of the handler, if they are its.
    private var otherEntries: [INIDocument.Entry] = []

    /// Begins a host with what the section's name says.
    init(_ section: INIDocument.Section, _ context: ReadingContext) {
        self.section = section
        self.context = context
        host = HostSettings(section: section.name.value, location: section.name.location)
    }

    /// What a section says.
    struct Result {
        let host: HostSettings
        /// Whether it says whether it is enabled, which ICS needs.
        let saysEnabled: Bool
    }

    /// Reads the keys, in any order, and checks what must go together.
    consuming func read(into diagnostics: inout Diagnostics) -> Result {
        let errorsBefore = diagnostics.count(.error)
        readKeys(into: &diagnostics)
        implyHandler()
        readHandler(into: &diagnostics)
        requireKeys(into: &diagnostics)
        ListeningCheck.removeRepeatedAddresses(of: &host, into: &diagnostics)
        // With a mistake among the keys, what is missing may be what is mistaken.
        if diagnostics.count(.error) == errorsBefore {
            checkPorts(into: &diagnostics)
            HostCheck.check(host, into: &diagnostics)
        }
        return Result(host: host, saysEnabled: keys["HostEnabled"] != nil)
    }

    private mutating func readKeys(into diagnostics: inout Diagnostics) {
        let own = section.entries.first { $0.key.value.lowercased() == "handler" }
        let handler = own.flatMap { context.handlers[$0.value.value] }
        for entry in section.entries {
            let name = entry.key.value.lowercased()
            var key = Schema.host[lowercased: name]
            // A handler that brings a reserved key is the one that it was reserved for.
            if let reserved = key, reserved.isReserved, handler?.indexes[name] != nil { key = nil }
            guard keys.insert(entry, as: key?.name ?? name, into: &diagnostics) else { continue }
            guard let key else {
                otherEntries.append(entry)
                continue
            }
            if let trouble = key.read(entry, in: &host, context, into: &diagnostics) {
                host.troubles.append(trouble)
            }
        }
    }

    /// Names the handler that other keys imply where `Handler` is silent.
    private mutating func implyHandler() {
        guard host.handler == nil, keys["Handler"] == nil else { return }
        if let redirect = keys["WebRedirectURL"], !redirect.value.isEmpty {
            host.handler = Located("redirect", at: redirect.location)
        } else if case .boolean(true)? = host.reserved["ForwardProxy"]?.value {
            host.handler = Located(
                "forwardproxy", at: keys["ForwardProxy"]?.location ?? host.location)
        } else if let tag = keys["HostTag"], context.targetTags.contains(tag.value.lowercased()) {
            host.handler = Located("proxy", at: tag.location)
        } else if let directory = keys["WebDocDir"], !directory.value.isEmpty {
            host.handler = Located("web", at: directory.location)
        }
    }

    private mutating func readHandler(into diagnostics: inout Diagnostics) {
        let handler = host.handler.flatMap { context.handlers[$0.value] }
        // The declared spelling; a handler that is not known is the server's to tell.
        if let handler { host.handler?.value = handler.name }
        var given: [Int: Located<String>] = [:]
        for entry in otherEntries {
            if let index = handler?.indexes[entry.key.value.lowercased()] {
                given[index] = entry.value
            } else {
                refuse(entry, handler: handler, into: &diagnostics)
            }
        }
        guard let handler else { return }
        for (index, key) in handler.keys.enumerated() {
            let type = handler.types[index]
            var text = given[index] ?? Located(key.defaultText, at: host.location)
            if text.value.isEmpty, !type.takesBlank { text.value = key.defaultText }
            guard let value = type.read(text, of: key.name, into: &diagnostics) else { continue }
            host.handlerOptions.append(
                HandlerOption(key: key.name, value: value, location: text.location))
        }
    }

    /// Tells why a key has no place in this section.
    private func refuse(
        _ entry: INIDocument.Entry, handler: HandlerTable.Handler?,
        into diagnostics: inout Diagnostics
    ) {
        let name = entry.key.value
        let owners = context.handlers.owners(ofKey: name)
        if !owners.isEmpty {
            let own = host.handler.map { "not of \($0.value.quoted)" } ?? "and Handler is missing"
            diagnostics.error(
                at: entry.key.location,
                "\(name) is a key of the handler \(owners.joined(separator: ", ")), \(own)")
        } else if UnusedNames.contains(hostKey: name.lowercased()) {
            diagnostics.note(
                at: entry.key.location, "not used by icshostd: \(name.printable)")
        } else if Schema.server[lowercased: name.lowercased()] != nil {
            diagnostics.error(
                at: entry.key.location, "\(name) belongs in [Server], not in [\(host.section)]")
        } else {
            let candidates = Schema.host.keys.map(\.name) + (handler?.keys.map(\.name) ?? [])
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
        for (name, advice) in Schema.host.required + handler {
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
