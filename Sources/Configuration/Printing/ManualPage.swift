internal import HandlerAPI

/// Writes the manual page icshostd.conf(5) in the language of man(7).
package enum ManualPage {
    /// The page: every key of the ``Schema`` with its type, default and help.
    ///
    /// - Parameters:
    ///   - handlers: the handlers whose names and keys it describes.
    ///   - version: the program and its version.
    /// - Returns: lines that each end.
    package static func configuration(handlers: [HandlerDeclaration], version: String) -> String {
        var lines = [".TH ICSHOSTD.CONF 5 \"\" \(quoted(version))"]
        lines += section("NAME", "icshostd.conf \\- the configuration of icshostd(8)")
        lines += section("DESCRIPTION") + introduction.map(escaped)
        lines += section("[Server]", "What holds for all hosts.")
        let table = HandlerTable(handlers)
        lines += Schema.server.keys.flatMap {
            entry($0.name, $0.expectation, $0.defaultText, $0.longHelp(with: table))
        }
        lines += section("[IcsHost1], [Host1]", "One host; any number, and gaps, will do.")
        for key in Schema.host.keys where !(key.isReserved && table.hasOwner(ofKey: key.name)) {
            lines += entry(key.name, key.expectation, key.defaultText, key.longHelp(with: table))
        }
        lines += section("[Target1]", "Where a host of that tag sends its clients.")
        lines += Schema.target.keys.flatMap {
            entry($0.name, $0.expectation, $0.defaultText, $0.longHelp(with: table))
        }
        lines += section(
            "[PathMap]", "Which directories of Windows are which ones here, for ICS files:")
        lines += [".nf", escaped("C:\\certificates=/etc/icshostd/certs"), ".fi"]
        lines += section("HANDLERS", "What Handler= can name:")
        for handler in handlers {
            lines += [".TP", ".B \(escaped(handler.name))"]
            let keys = handler.keys.isEmpty ? "It has no keys of its own." : "Its own keys:"
            lines += [escaped(handler.summary.isEmpty ? keys : "\(handler.summary). \(keys)")]
            lines += handler.keys.flatMap {
                entry($0.name, $0.kind.valueType.expectation, $0.defaultValue, $0.help)
            }
        }
        lines += section("EXAMPLE") + [".nf"] + example.map(escaped) + [".fi"]
        lines += section("SEE ALSO", "icshostd(8)")
        return lines.joined(separator: "\n") + "\n"
    }

    private static let introduction = [
        "A text of sections and KEY=VALUE lines. Names may be in any case; a line that begins with "
            + "; or # is a comment. A blank value is the default, unless the key says otherwise.",
        "All mistakes are told at once, each with its place: icshostd check.",
    ]

    private static let example = [
        "[IcsHost1]", "Hosts=example.org,www.example.org", "BindIpAddr=0.0.0.0,::",
        "BindNonPort=7000", "BindSslPort=7443", "Handler=echo",
    ]

    private static func section(_ title: String, _ text: String? = nil) -> [String] {
        [".SH \(quoted(title))"] + (text.map { [$0] } ?? [])
    }

    private static func entry(
        _ name: String, _ expectation: String, _ defaultText: String, _ help: String
    ) -> [String] {
        let standard = defaultText.isEmpty ? "blank" : defaultText
        return [
            ".TP", ".B \(escaped(name))", escaped(help) + ".", ".br",
            escaped("Takes \(expectation). Default: \(standard)"),
        ]
    }

    private static func quoted(_ text: String) -> String {
        "\"\(escaped(text).replacing("\"", with: "\\(dq"))\""
    }

    /// Text that troff prints as it is: no escapes, no requests, and a minus that can be copied.
    package static func escaped(_ text: String) -> String {
        let text = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&\(text)" : text
    }
}
