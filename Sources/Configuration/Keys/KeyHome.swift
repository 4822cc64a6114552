/// Finds the sections of keys, for messages about misplaced keys.
enum KeyHome {
    /// The message about a misplaced key: the section where it belongs.
    ///
    /// - Parameters:
    ///   - name: the key as written.
    ///   - section: the section with the key.
    ///   - handlers: the handlers whose keys are known.
    /// - Returns: the message, nil for a key that no section has.
    static func message(
        _ name: String, in section: String, _ handlers: HandlerTable
    ) -> String? {
        home(of: name, handlers).map { "\(name.printable) belongs in \($0), not in [\(section)]" }
    }

    /// The message about a key that no section has, with a suggestion.
    ///
    /// - Parameters:
    ///   - name: the key as written.
    ///   - section: the section with the key.
    ///   - own: the valid keys of this section.
    ///   - handlers: the handlers whose keys are known.
    /// - Returns: the message.
    static func unknownMessage(
        _ name: String, in section: String, having own: [String], _ handlers: HandlerTable
    ) -> String {
        var hint = Suggestion.hint(for: name, among: own)
        if hint.isEmpty {
            let others =
                Schema.server.names + Schema.host.names + Schema.target.names + handlers.keyNames
            if let meant = Suggestion.nearest(to: name, among: others),
                let home = home(of: meant, handlers)
            {
                hint = "; did you mean \"\(meant)\", which belongs in \(home)?"
            }
        }
        return "unknown key \(name.quoted) in [\(section)]\(hint)"
    }

    /// The section to suggest for a key that precedes all sections.
    static func section(of name: String) -> String {
        let name = name.lowercased()
        if Schema.server[lowercased: name] == nil {
            if Schema.host[lowercased: name] != nil { return "[IcsHost1]" }
            if Schema.target[lowercased: name] != nil { return "[Target1]" }
        }
        return "[Server]"
    }

    private static func home(of name: String, _ handlers: HandlerTable) -> String? {
        if PathMap.isWindows(name) { return "[PathMap]" }
        let key = name.lowercased()
        var homes: [String] = []
        if Schema.server[lowercased: key] != nil { homes.append("[Server]") }
        if Schema.host[lowercased: key] != nil {
            homes.append("a host section such as [IcsHost1]")
        }
        if Schema.target[lowercased: key] != nil {
            homes.append("a target section such as [Target1]")
        }
        let owners = handlers.owners(ofKey: name).map(\.name)
        if !homes.isEmpty || owners.isEmpty {
            return homes.isEmpty ? nil : homes.joined(separator: " or ")
        }
        return "a host section with Handler=\(owners.joined(separator: " or "))"
    }
}
