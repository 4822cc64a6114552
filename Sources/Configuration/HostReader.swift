internal import NetworkTypes

/// Reads one host section.
struct HostReader {
    private let section: INIDocument.Section
    private let handlers: HandlerTable
    private var host: HostSettings
    private var keys = KeyPlaces()
    /// The keys that the ``Schema`` does not have: those of the handler, if they are its.
    private var otherEntries: [INIDocument.Entry] = []

    /// Begins a host with what the section's name says.
    init(_ section: INIDocument.Section, handlers: HandlerTable) {
        self.section = section
        self.handlers = handlers
        host = HostSettings(section: section.name.value, location: section.name.location)
    }

    /// Reads the keys, in any order, and checks what must go together.
    consuming func read(into diagnostics: inout Diagnostics) -> HostSettings {
        let errorsBefore = diagnostics.count(.error)
        readKeys(into: &diagnostics)
        readHandler(into: &diagnostics)
        requireKeys(into: &diagnostics)
        ListeningCheck.removeRepeatedAddresses(of: &host, into: &diagnostics)
        // With a mistake among the keys, what is missing may be what is mistaken.
        if diagnostics.count(.error) == errorsBefore { checkPorts(into: &diagnostics) }
        return host
    }

    private mutating func readKeys(into diagnostics: inout Diagnostics) {
        for entry in section.entries {
            let name = entry.key.value.lowercased()
            let key = Schema.host[lowercased: name]
            guard keys.insert(entry, as: key?.name ?? name, into: &diagnostics) else { continue }
            guard let key else {
                otherEntries.append(entry)
                continue
            }
            key.store(entry.value, in: &host, diagnostics: &diagnostics)
        }
    }

    private mutating func readHandler(into diagnostics: inout Diagnostics) {
        let handler = host.handler.flatMap { handlers[$0.value] }
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
        let owners = handlers.owners(ofKey: name)
        if !owners.isEmpty {
            let own = host.handler.map { "not of \($0.value.quoted)" } ?? "and Handler is missing"
            diagnostics.error(
                at: entry.key.location,
                "\(name) is a key of the handler \(owners.joined(separator: ", ")), \(own)")
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
        let names = handlers.names.joined(separator: ", ")
        let required = Schema.host.keys.compactMap { key -> (name: String, advice: String)? in
            guard case .required(let advice) = key.role else { return nil }
            return (key.name, advice)
        }
        for (name, advice) in required + [("Handler", "name one of \(names)")] {
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
        if !host.speaksTLS {
            for key in Schema.host.keys {
                guard case .tls = key.role, let value = keys[key.name], !value.value.isEmpty
                else { continue }
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
