/// Turns a document into typed settings, every key checked against the ``Schema`` and the handlers.
///
/// It tells all mistakes and goes on after each, so the settings of a file with mistakes are what
/// could be read of it.
struct SettingsReader {
    private let handlers: HandlerTable
    private var settings = Settings(server: ServerSettings(), hosts: [])
    private var serverKeys = KeyPlaces()
    private var hostPlaces: [String: SourceLocation] = [:]
    private var isComplete = true

    /// Reads a whole document.
    static func read(
        _ document: INIDocument, file: String, handlers: [HandlerDeclaration],
        into diagnostics: inout Diagnostics
    ) -> Settings {
        var reader = SettingsReader(handlers: handlers)
        reader.isComplete = document.isComplete
        for section in document.sections { reader.read(section, into: &diagnostics) }
        reader.requireHost(file: file, into: &diagnostics)
        return reader.settings
    }

    private init(handlers: [HandlerDeclaration]) {
        self.handlers = HandlerTable(handlers)
    }

    private mutating func read(
        _ section: INIDocument.Section, into diagnostics: inout Diagnostics
    ) {
        let name = section.name
        switch SectionKind(name.value) {
        case .server:
            readServer(section, into: &diagnostics)
        case .host:
            if let first = hostPlaces[name.value.lowercased()] {
                diagnostics.error(
                    at: name.location, "[\(name.value)] is given twice",
                    related: [.init(at: first, "first given here")])
                return
            }
            hostPlaces[name.value.lowercased()] = name.location
            let reader = HostReader(section, handlers: handlers)
            settings.hosts.append(reader.read(into: &diagnostics))
        case nil:
            isComplete = false
            diagnostics.error(at: name.location, SectionKind.unknownMessage(name.value))
        }
    }

    /// Reads `[Server]`; a file may have it in several places, as if they were one.
    private mutating func readServer(
        _ section: INIDocument.Section, into diagnostics: inout Diagnostics
    ) {
        for entry in section.entries {
            let name = entry.key.value
            guard let key = Schema.server[lowercased: name.lowercased()] else {
                let isHostKey = Schema.host[lowercased: name.lowercased()] != nil
                diagnostics.error(
                    at: entry.key.location,
                    isHostKey
                        ? "\(name) belongs in a host section such as [IcsHost1], not in [Server]"
                        : "unknown key \(name.quoted) in [Server]"
                            + Suggestion.hint(for: name, among: Schema.server.keys.map(\.name)))
                continue
            }
            guard serverKeys.insert(entry, as: key.name, into: &diagnostics) else { continue }
            key.store(entry.value, in: &settings.server, diagnostics: &diagnostics)
        }
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
}
