/// Turns a document into typed settings, every key checked against the ``Schema`` and the handlers.
///
/// It tells all mistakes and goes on after each, so the settings of a file with mistakes are what
/// could be read of it. `[PathMap]`, the targets and `[Server]` are read first: hosts refer to them.
struct SettingsReader {
    private var context: ReadingContext
    private var settings = Settings(server: ServerSettings(), hosts: [])
    private var serverKeys = KeyPlaces()
    private var pathKeys = KeyPlaces()
    private var sectionPlaces: [String: SourceLocation] = [:]
    /// The hosts that do not say whether they are enabled.
    private var silentHosts: [SourceLocation] = []
    private var isComplete = true

    /// Reads a whole document.
    static func read(
        _ document: INIDocument, file: String, handlers: [HandlerDeclaration],
        into diagnostics: inout Diagnostics
    ) -> Settings {
        var reader = SettingsReader(handlers: handlers)
        reader.isComplete = document.isComplete
        let sections = document.sections.map { ($0, SectionKind($0.name.value)) }
        for case (let section, .pathMap?) in sections {
            reader.readPathMap(section, into: &diagnostics)
        }
        for case (let section, .target?) in sections {
            reader.readTarget(section, into: &diagnostics)
        }
        for case (let section, .server(let isForeign)?) in sections {
            reader.readServer(section, isForeign: isForeign, into: &diagnostics)
        }
        for (section, kind) in sections { reader.read(section, kind, into: &diagnostics) }
        reader.requireHost(file: file, into: &diagnostics)
        reader.noteSilentHosts(into: &diagnostics)
        SettingsCheck.check(reader.settings, into: &diagnostics)
        return reader.settings
    }

    private init(handlers: [HandlerDeclaration]) {
        context = ReadingContext(handlers)
    }

    private mutating func read(
        _ section: INIDocument.Section, _ kind: SectionKind?, into diagnostics: inout Diagnostics
    ) {
        switch kind {
        case .host:
            guard isNew(section, into: &diagnostics) else { return }
            var result = HostReader(section, context).read(into: &diagnostics)
            let tag = result.host.tag.lowercased()
            result.host.targets = settings.targets.filter {
                $0.isEnabled && $0.tag?.value.lowercased() == tag
            }
            settings.hosts.append(result.host)
            if !result.saysEnabled { silentHosts.append(result.host.location) }
        case .server, .target, .pathMap:
            break
        case .unused:
            diagnostics.note(
                at: section.name.location, "not used by icshostd: [\(section.name.value)]")
        case nil:
            isComplete = false
            diagnostics.error(
                at: section.name.location, SectionKind.unknownMessage(section.name.value))
        }
    }

    /// Notes a section that may be given once, or tells that it is given again.
    private mutating func isNew(
        _ section: INIDocument.Section, into diagnostics: inout Diagnostics
    ) -> Bool {
        let name = section.name
        guard let first = sectionPlaces[name.value.lowercased()] else {
            sectionPlaces[name.value.lowercased()] = name.location
            return true
        }
        diagnostics.error(
            at: name.location, "[\(name.value)] is given twice",
            related: [.init(at: first, "first given here")])
        return false
    }

    /// Reads `[Server]` or what ICS has for it; all of them are as one.
    private mutating func readServer(
        _ section: INIDocument.Section, isForeign: Bool, into diagnostics: inout Diagnostics
    ) {
        for entry in section.entries {
            let name = entry.key.value
            guard let key = Schema.server[lowercased: name.lowercased()] else {
                refuse(entry, in: section, isForeign: isForeign, into: &diagnostics)
                continue
            }
            guard serverKeys.insert(entry, as: key.name, into: &diagnostics) else { continue }
            let errorsBefore = diagnostics.count(.error)
            let trouble = key.read(entry, in: &settings.server, context, into: &diagnostics)
            if let owner = context.handlers.owners(ofKey: key.name).first {
                guard diagnostics.count(.error) == errorsBefore else { continue }
                readHandlerKey(entry.value, key.name, owner, into: &diagnostics)
                // The hosts that it concerns tell a path that is not mapped.
                continue
            }
            guard let trouble else { continue }
            if key.isReserved {
                diagnostics.warn(at: trouble.location, trouble.value)
            } else {
                diagnostics.error(at: trouble.location, trouble.value)
            }
        }
    }

    /// Keeps what `[Server]` says for a key of a handler, for the hosts that do not say otherwise.
    private mutating func readHandlerKey(
        _ value: Located<String>, _ name: String, _ owner: HandlerTable.Handler,
        into diagnostics: inout Diagnostics
    ) {
        guard let index = owner.indexes[name.lowercased()] else { return }
        let type = owner.types[index]
        guard !value.value.isEmpty || type.takesBlank,
            type.read(value, of: name, into: &diagnostics) != nil
        else { return }
        context.handlerKeys[name] = value
    }

    /// Tells why a key has no place in a server section.
    private func refuse(
        _ entry: INIDocument.Entry, in section: INIDocument.Section, isForeign: Bool,
        into diagnostics: inout Diagnostics
    ) {
        let (name, place) = (entry.key.value, entry.key.location)
        if UnusedNames.contains(serverKey: name.lowercased()) {
            return diagnostics.note(at: place, "not used by icshostd: \(name.printable)")
        }
        if Schema.host[lowercased: name.lowercased()] != nil {
            return diagnostics.error(
                at: place,
                "\(name) belongs in a host section such as [IcsHost1], not in "
                    + "[\(section.name.value)]")
        }
        let message =
            "unknown key \(name.quoted) in [\(section.name.value)]"
            + Suggestion.hint(for: name, among: Schema.server.keys.map(\.name))
        // Programs that use ICS keep keys of their own there.
        if isForeign {
            diagnostics.warn(at: place, message)
        } else {
            diagnostics.error(at: place, message)
        }
    }

    private mutating func readPathMap(
        _ section: INIDocument.Section, into diagnostics: inout Diagnostics
    ) {
        for entry in section.entries {
            let prefix = entry.key.value
            guard pathKeys.insert(entry, as: prefix.lowercased(), into: &diagnostics) else {
                continue
            }
            guard entry.value.value.hasPrefix("/") else {
                diagnostics.error(
                    at: entry.value.location,
                    "\(prefix.printable) must be a directory here, such as /etc/icshostd/certs, "
                        + "not \(entry.value.value.quoted)")
                continue
            }
            context.paths.add(prefix, entry.value.value)
        }
    }

    private mutating func readTarget(
        _ section: INIDocument.Section, into diagnostics: inout Diagnostics
    ) {
        guard isNew(section, into: &diagnostics) else { return }
        var target = TargetSettings(section: section.name.value, location: section.name.location)
        var keys = KeyPlaces()
        for entry in section.entries {
            let name = entry.key.value
            guard let key = Schema.target[lowercased: name.lowercased()] else {
                diagnostics.error(
                    at: entry.key.location,
                    "unknown key \(name.quoted) in [\(section.name.value)]"
                        + Suggestion.hint(for: name, among: Schema.target.keys.map(\.name)))
                continue
            }
            guard keys.insert(entry, as: key.name, into: &diagnostics) else { continue }
            _ = key.read(entry, in: &target, context, into: &diagnostics)
        }
        for (name, advice) in Schema.target.required where keys[name]?.value.isEmpty != false {
            let place = keys[name]?.location ?? target.location
            let state = keys[name] == nil ? "missing" : "blank"
            diagnostics.error(at: place, "\(name) is \(state): \(advice)")
        }
        if let tag = target.tag { context.targetTags.insert(tag.value.lowercased()) }
        settings.targets.append(target)
    }

    /// Tells when there is nothing to serve.
    private func requireHost(file: String, into diagnostics: inout Diagnostics) {
        guard let first = settings.hosts.first else {
            // A section that could not be read may have been the host.
            guard isComplete else { return }
            return diagnostics.error(
                at: SourceLocation(file: file, line: 1, column: 1),
                "no host section: write at least one, such as [IcsHost1]")
        }
        guard !settings.hosts.contains(where: \.isEnabled) else { return }
        diagnostics.error(
            at: first.location, "no host is enabled: at least one must not say HostEnabled=False")
    }

    /// Says once what holds for every host that does not say whether it is enabled.
    private func noteSilentHosts(into diagnostics: inout Diagnostics) {
        guard let first = silentHosts.first else { return }
        let others = silentHosts.count == 1 ? "" : ", and \(silentHosts.count - 1) more sections"
        diagnostics.note(
            at: first,
            "enabled because HostEnabled is absent; ICS would skip this section\(others)")
    }
}
