/// Prints settings as the simplest file with the same meaning.
///
/// Keys without effect become comments, so that nothing is lost.
package enum SettingsPrinter {
    /// The text with a final line feed; a key that keeps its host down has a comment above it.
    package static func text(_ settings: Settings) -> String {
        var sections: [String] = []
        let server = settings.server.entries
        let idle = comments(settings.server.idle)
        if !server.isEmpty || !idle.isEmpty { sections.append(section("Server", server) + idle) }
        for host in settings.hosts {
            let troubles = host.troubles.map { "; \($0.message)\n" }
            let entries = host.troubles.reduce(into: [SettingsEntry]()) { entries, trouble in
                guard let value = trouble.value else { return }
                let entry = SettingsEntry(trouble.key, value)
                if !entries.contains(entry) { entries.append(entry) }
            }
            sections.append(
                section(host.section, host.entries) + comments(host.idle) + troubles.joined()
                    + lines(entries))
        }
        for target in settings.targets {
            sections.append(section(target.section, target.entries) + comments(target.idle))
        }
        return sections.joined(separator: "\n")
    }

    private static func section(_ name: String, _ entries: [SettingsEntry]) -> String {
        "[\(name)]\n\(lines(entries))"
    }

    private static func comments(_ keys: [IdleKey]) -> String {
        keys.filter { $0.reason != nil }.map {
            "; no effect: \($0.key)=\($0.value.printable)\n"
        }.joined()
    }

    private static func lines(_ entries: [SettingsEntry]) -> String {
        entries.map { "\($0.key)=\($0.value.replacing("${", with: "$${"))\n" }.joined()
    }
}
