internal import HandlerAPI
internal import TextFormats

/// Converts a document to typed settings, and checks every key against the ``Schema`` and the handlers.
///
/// It continues after each mistake, to report all of them; the settings then lack the mistaken parts.
/// `[PathMap]`, the targets and `[Server]` come first, since hosts refer to them.
struct SettingsReader {
    private var context: ReadingContext
    private var settings = Settings(server: ServerSettings(), hosts: [])
    private var serverKeys = KeyPlaces()
    private var pathKeys = KeyPlaces()
    private var sectionPlaces: [SectionID: SourceLocation] = [:]
    /// The enabled targets, by their tags in lower case.
    private var targetsByTag: [String: [TargetSettings]] = [:]
    /// The places of hosts and targets without `HostEnabled`.
    private var silentSections: [SourceLocation] = []
    /// The values of handler keys in `[Server]`.
    private var defaults: [(name: String, entry: INIDocument.Entry)] = []
    private var isComplete = true
    /// The entries of `[PathMap]` with an unknown directory.
    private var mistakenPaths = PathMap()
    /// Whether some targets are missing because of mistakes.
    private var lacksTargets = false

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
        reader.forgive(sections.map(\.1), document)
        reader.requireHost(file: file, into: &diagnostics)
        reader.settings.silentSections = reader.silentSections
        reader.settings.refuseSharedPaths()
        reader.noteVainDefaults()
        reader.settings.tellIdleKeys(into: &diagnostics)
        SettingsCheck.check(reader.settings, into: &diagnostics)
        return reader.settings
    }

    /// Marks parts of hosts that are unknown because of mistakes in other sections, so that the consequences
    /// are not reported too.
    private mutating func forgive(
        _ kinds: [SectionKind?], _ document: INIDocument
    ) {
        let unknown = zip(kinds, document.sections).filter { $0.0 == nil }.map(\.1.name.value)
        let meant = (unknown + document.lost).compactMap { SectionKind.meant($0) }
        let hasPaths = kinds.contains { kind in
            guard case .pathMap? = kind else { return false }
            return true
        }
        let lacksPaths = meant.contains("PathMap") || document.lacksFiles && !hasPaths
        for index in settings.hosts.indices where !settings.hosts[index].troubles.isEmpty {
            let troubles = settings.hosts[index].troubles
            let others = troubles.filter {
                $0.kind != .path || !lacksPaths && !mistakenPaths.mapsAny(of: $0)
            }
            guard others.count < troubles.count else { continue }
            settings.hosts[index].troubles = others
            settings.hosts[index].mistakes.formUnion([.handler, .certificate])
        }
        guard lacksTargets || meant.contains("Target") || document.lacksFiles else { return }
        for index in settings.hosts.indices where settings.hosts[index].traits.usesTargets {
            settings.hosts[index].mistakes.insert(.handler)
        }
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
            result.host.targets = targetsByTag[result.host.tag.lowercased()] ?? []
            settings.hosts.append(result.host)
            if !result.saysEnabled { silentSections.append(result.host.location) }
        case .server, .target, .pathMap:
            break
        case .unused:
            diagnostics.note(
                at: section.name.location,
                "not used by \(ProgramIdentity.command): [\(section.name.value)]")
        case nil:
            isComplete = false
            diagnostics.error(
                at: section.name.location, SectionKind.unknownMessage(section.name.value))
        }
    }

    /// Records a section; reports a duplicate and returns false.
    private mutating func isNew(
        _ section: INIDocument.Section, into diagnostics: inout Diagnostics
    ) -> Bool {
        let name = section.name
        let identity = SectionID(name.value)
        guard let first = sectionPlaces[identity] else {
            sectionPlaces[identity] = name.location
            return true
        }
        diagnostics.error(
            at: name.location, "[\(name.value)] is given twice",
            related: [.init(at: first, "first given here")])
        return false
    }

    /// Reads `[Server]` or a server section of ICS; all are merged into one.
    private mutating func readServer(
        _ section: INIDocument.Section, isForeign: Bool, into diagnostics: inout Diagnostics
    ) {
        for entry in section.entries {
            let name = entry.key.value
            guard let key = Schema.server[lowercased: name.lowercased()] else {
                refuse(entry, in: section, isForeign: isForeign, into: &diagnostics)
                continue
            }
            guard serverKeys.insert(entry, as: key.identity, into: &diagnostics), entry.isKnown
            else { continue }
            if let reservation = key.reservation, !context.handlers.hasOwner(ofKey: key.name) {
                key.readIdle(
                    entry, in: &settings.server, because: reservation.lack, context,
                    into: &diagnostics)
                continue
            }
            let errorsBefore = diagnostics.count(.error)
            let unmapped = key.read(entry, in: &settings.server, context, into: &diagnostics)
            if let owner = context.handlers.owners(ofKey: key.name).first {
                guard diagnostics.count(.error) == errorsBefore else { continue }
                readHandlerKey(entry, key.name, owner, into: &diagnostics)
                // A path without a mapping is reported by the hosts with the handler.
                continue
            }
            for path in unmapped { diagnostics.error(at: path.location, path.message) }
        }
    }

    /// Stores the value of a handler key in `[Server]`, the default for hosts.
    private mutating func readHandlerKey(
        _ entry: INIDocument.Entry, _ name: String, _ owner: HandlerTable.Handler,
        into diagnostics: inout Diagnostics
    ) {
        guard let index = owner.indexes[name.lowercased()] else { return }
        let (type, value) = (owner.types[index], entry.value)
        guard !value.value.isEmpty || type.takesBlank,
            type.read(value, of: name, into: &diagnostics) != nil
        else { return }
        context.handlerKeys[name] = value
        defaults.append((name, entry))
    }

    /// Notes keys in `[Server]` for handlers that no host has.
    private mutating func noteVainDefaults() {
        guard !settings.hosts.isEmpty else { return }
        let names = settings.hosts.map { $0.handler?.value ?? "" }
        // A missing or unknown handler may be the one.
        guard names.allSatisfy({ context.handlers[$0] != nil }),
            settings.hosts.allSatisfy(\.mistakes.isEmpty)
        else { return }
        let used = Set(names.map { $0.lowercased() })
        for (name, entry) in defaults {
            let owners = context.handlers.owners(ofKey: name).map(\.name)
            guard used.isDisjoint(with: owners.map { $0.lowercased() }),
                let key = Schema.server[lowercased: name.lowercased()],
                key.reservation?.asks(entry.value.value) == true
            else { continue }
            settings.server.idle.append(
                IdleKey(
                    key: name, identity: key.identity, value: entry.value.value,
                    location: entry.key.location,
                    reason: "no host has the handler \(owners.joined(separator: " or "))"))
        }
    }

    /// Reports why a key is not valid in a server section.
    private func refuse(
        _ entry: INIDocument.Entry, in section: INIDocument.Section, isForeign: Bool,
        into diagnostics: inout Diagnostics
    ) {
        guard !UnusedNames.note(entry, into: &diagnostics) else { return }
        let (name, place) = (entry.key.value, entry.key.location)
        let home = KeyHome.message(name, in: section.name.value, context.handlers)
        let message =
            home
            ?? KeyHome.unknownMessage(
                name, in: section.name.value, having: Schema.server.names, context.handlers)
        // Programs that use ICS have keys of their own there.
        if isForeign, Schema.host[lowercased: name.lowercased()] == nil {
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
            guard pathKeys.insert(entry, as: PathMap.key(prefix), into: &diagnostics) else {
                continue
            }
            guard entry.isKnown else {
                mistakenPaths.add(prefix, "/")
                continue
            }
            if !PathMap.isWindows(prefix),
                let message = KeyHome.message(prefix, in: section.name.value, context.handlers)
            {
                diagnostics.error(at: entry.key.location, message)
                continue
            }
            guard entry.value.value.hasPrefix("/") else {
                mistakenPaths.add(prefix, "/")
                diagnostics.error(
                    at: entry.value.location,
                    "\(prefix.printable) must be a directory here, such as \(ProgramIdentity.current.configurationDirectory)/certs, "
                        + "not \(entry.value.value.quoted)"
                        + (entry.value.value.isQuoted ? "; the quotes are part of the value" : ""))
                continue
            }
            context.paths.add(prefix, entry.value.value)
        }
    }

    private mutating func readTarget(
        _ section: INIDocument.Section, into diagnostics: inout Diagnostics
    ) {
        let errorsBefore = diagnostics.count(.error)
        defer {
            let isKnown = section.entries.allSatisfy(\.isKnown)
            if diagnostics.count(.error) > errorsBefore || !isKnown { lacksTargets = true }
        }
        guard isNew(section, into: &diagnostics) else { return }
        var target = TargetSettings(section: section.name.value, location: section.name.location)
        var keys = KeyPlaces()
        for entry in section.entries {
            let name = entry.key.value
            guard let key = Schema.target[lowercased: name.lowercased()] else {
                guard !UnusedNames.note(entry, into: &diagnostics) else { continue }
                diagnostics.error(
                    at: entry.key.location,
                    KeyHome.message(name, in: section.name.value, context.handlers)
                        ?? KeyHome.unknownMessage(
                            name, in: section.name.value, having: Schema.target.names,
                            context.handlers))
                continue
            }
            guard keys.insert(entry, as: key.identity, into: &diagnostics), entry.isKnown else {
                continue
            }
            if let reservation = key.reservation {
                key.readIdle(
                    entry, in: &target, because: reservation.lack, context,
                    into: &diagnostics)
            } else {
                _ = key.read(entry, in: &target, context, into: &diagnostics)
            }
        }
        for (name, advice) in Schema.target.required where keys[name]?.value.isEmpty != false {
            let place = keys[name]?.location ?? target.location
            let state = keys[name] == nil ? "missing" : "blank"
            diagnostics.error(at: place, "\(name) is \(state): \(advice)")
        }
        noteEnabling(of: target, keys, into: &diagnostics)
        if let tag = target.tag?.value.lowercased() {
            context.targetTags.insert(tag)
            if target.isEnabled { targetsByTag[tag, default: []].append(target) }
        }
        settings.targets.append(target)
    }

    /// Notes targets that ICS would skip: it reads `HostEnabled` only, and an absent one means False.
    private mutating func noteEnabling(
        of target: TargetSettings, _ keys: KeyPlaces, into diagnostics: inout Diagnostics
    ) {
        guard keys["HostEnabled"]?.value.isEmpty == false else {
            return silentSections.append(target.location)
        }
        guard let key = keys.spelling(of: "HostEnabled"), target.isEnabled,
            key.value.lowercased() != "hostenabled"
        else { return }
        diagnostics.note(
            at: key.location,
            "\(key.value) counts as HostEnabled here, but ICS reads only that of a [Target], and "
                + "would skip this section: write HostEnabled")
    }

    /// Reports a file without a usable host.
    private func requireHost(file: String, into diagnostics: inout Diagnostics) {
        guard let first = settings.hosts.first else {
            // A section that could not be read may have been a host.
            guard isComplete else { return }
            return diagnostics.error(
                at: SourceLocation(file: file, line: 1, column: 1),
                "no host section: run \(ProgramIdentity.command) init, or add one like the example [IcsHost1] at "
                    + "the end of the installed \(ProgramIdentity.command).conf")
        }
        guard !settings.hosts.contains(where: \.isEnabled) else { return }
        diagnostics.error(
            at: first.location, "no host is enabled: remove HostEnabled=False from at least one")
    }
}
