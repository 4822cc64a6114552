/// Prints settings as the plainest file that reads back as the same.
package enum SettingsPrinter {
    /// The text, each line ended; paths that are still those of Windows are comments.
    package static func text(_ settings: Settings) -> String {
        var sections: [String] = []
        let server = settings.server.entries
        if !server.isEmpty { sections.append(section("Server", server)) }
        for host in settings.hosts {
            let troubles = host.troubles.map { "; \($0.value)\n" }.joined()
            sections.append(section(host.section, host.entries) + troubles)
        }
        for target in settings.targets { sections.append(section(target.section, target.entries)) }
        return sections.joined(separator: "\n")
    }

    private static func section(_ name: String, _ entries: [SettingsEntry]) -> String {
        "[\(name)]\n"
            + entries.map { "\($0.key)=\($0.value.replacing("${", with: "$${"))\n" }.joined()
    }
}
