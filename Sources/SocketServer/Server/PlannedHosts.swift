package import Configuration
package import Planning
internal import Platform

/// The hosts of a server, read, checked and planned: those of code and those of a file alike.
package struct PlannedHosts: Sendable {
    /// The settings, and the diagnostics so far.
    package var loaded: LoadedConfiguration
    /// The endpoints and their hosts.
    package let plan: ListenPlan
    /// The handlers that the hosts can name.
    package let registry: HandlerRegistry

    /// The settings of `[Server]`.
    package var server: ServerSettings { loaded.settings.server }
    /// The directory for certificates that the server creates; nil to keep them in memory.
    var stateDirectory: String? { server.stateDirectory ?? defaultStateDirectory }
    /// Where the settings name none.
    package var defaultStateDirectory: String?
    /// All diagnostics.
    package var diagnostics: Diagnostics { loaded.diagnostics }

    /// Plans the hosts of a configuration.
    package init(_ loaded: LoadedConfiguration, registry: HandlerRegistry) {
        let planned = Planner.plan(loaded.settings)
        self.loaded = loaded
        (plan, self.registry) = (planned.plan, registry)
        self.loaded.diagnostics.append(contentsOf: planned.diagnostics)
    }

    /// Reads and plans a file, whose values may refer to environment variables.
    package init(path: String, registry: HandlerRegistry) throws(ConfigurationFileError) {
        self.init(
            try LoadedConfiguration(
                path: path, handlers: registry.declarations, variable: { Environment[$0] }),
            registry: registry)
    }

    /// Checks and plans hosts in code.
    init(_ hosts: [IcsHost], _ options: SocketServer.Options, at place: CodePlace) {
        var registry = HandlerRegistry(options.handlers)
        for host in hosts {
            guard let maker = host.handler.maker else { continue }
            registry.add(maker.type, named: host.handler.name, maker.make)
        }
        let location = SourceLocation(place)
        let document = INIDocument(
            sections: options.sections(at: location) + HostSections.sections(of: hosts))
        self.init(
            LoadedConfiguration(
                document: document, at: location, handlers: registry.declarations),
            registry: registry)
    }
}

/// The sections of hosts in code.
///
/// The name of a section is the identity of its host: by its tag, or by its position among the hosts without one.
private enum HostSections {
    static func sections(of hosts: [IcsHost]) -> [INIDocument.Section] {
        var (untagged, targets) = (0, 0)
        var taken: [String: Int] = [:]
        var sections: [INIDocument.Section] = []
        for host in hosts {
            var name: String
            if host.tag.isEmpty {
                untagged += 1
                name = "IcsHost\(untagged)"
            } else {
                name = "IcsHost \(identifier(host.tag))"
                let count = taken[name, default: 0] + 1
                taken[name] = count
                if count > 1 { name += "-\(count)" }
            }
            sections.append(host.section(named: name))
            let tag = host.tag.isEmpty ? name : host.tag
            for target in host.targets {
                targets += 1
                sections.append(
                    target.section(named: "Target\(targets)", tag: tag, at: host.place))
            }
        }
        return sections
    }

    /// A tag as the name of a section: letters a to z, digits, `-`, `_` and `.`, one letter at least.
    private static func identifier(_ tag: String) -> String {
        let letters = tag.lowercased().map { character in
            character.isASCII
                && (character.isLetter || character.isNumber || "-_.".contains(character))
                ? character : "-"
        }
        return letters.contains { $0.isLetter } ? String(letters) : "tag" + String(letters)
    }
}
