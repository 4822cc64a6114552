/// Prints settings as the plainest file that reads back as the same.
package enum SettingsPrinter {
    /// The text, each line ended; a path that is still one of Windows has a comment above it.
    package static func text(_ settings: Settings) -> String {
        var sections: [String] = []
        let server = settings.server.entries
        if !server.isEmpty { sections.append(section("Server", server)) }
        for host in settings.hosts {
            let comments = host.troubles.map { "; \($0.message)\n" }
            let unmapped = host.troubles.reduce(into: [SettingsEntry]()) { entries, path in
                let entry = SettingsEntry(path.key, path.value)
                if !entries.contains(entry) { entries.append(entry) }
            }
            sections.append(
                section(host.section, host.entries) + comments.joined() + lines(unmapped))
        }
        for target in settings.targets { sections.append(section(target.section, target.entries)) }
        return sections.joined(separator: "\n")
    }

    private static func section(_ name: String, _ entries: [SettingsEntry]) -> String {
        "[\(name)]\n\(lines(entries))"
    }

    private static func lines(_ entries: [SettingsEntry]) -> String {
        entries.map { "\($0.key)=\($0.value.replacing("${", with: "$${"))\n" }.joined()
    }
}
