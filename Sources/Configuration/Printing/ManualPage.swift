internal import HandlerAPI
internal import TextFormats

/// Generates the manual page of the configuration, such as icshostd.conf(5), in the man(7) format.
package enum ManualPage {
    /// The page: every key of the ``Schema`` with its type, default and documentation.
    ///
    /// - Parameter handlers: the handlers whose names and keys it describes.
    /// - Returns: lines with a final line feed.
    package static func configuration(handlers: [HandlerDeclaration]) -> String {
        let program = ProgramIdentity.current
        let name = escaped(program.name)
        var lines = [".TH \(name.uppercased()).CONF 5 \"\" \(quoted(program.title))"]
        lines += section("NAME", "\(name).conf \\- the configuration of \(name)(8)")
        lines += section("DESCRIPTION") + introduction.map(escaped)
        lines += section("[Server]", "Settings of the server, and defaults for all hosts.")
        let table = HandlerTable(handlers)
        lines += Schema.server.keys.flatMap {
            entry($0.name, $0.expectation, $0.defaultText, $0.longHelp(with: table))
        }
        lines += section(
            "[IcsHost1], [Host1]",
            "A host. Each host has a section of its own; numbers may have gaps.")
        for key in Schema.host.keys where !(key.isReserved && table.hasOwner(ofKey: key.name)) {
            lines += entry(key.name, key.expectation, key.defaultText, key.longHelp(with: table))
        }
        lines += section(
            "[Target1]", "A target of the hosts with Handler=proxy and the same HostTag.")
        lines += Schema.target.keys.flatMap {
            entry($0.name, $0.expectation, $0.defaultText, $0.longHelp(with: table))
        }
        lines += section(
            "[PathMap]",
            "The local directories that replace those of Windows in files of ICS, such as:")
        lines += [
            ".nf", escaped("C:\\certificates=\(program.configurationDirectory)/certs"), ".fi",
        ]
        lines += section("HANDLERS", "The values of Handler=:")
        for handler in handlers {
            lines += [".TP", ".B \(escaped(handler.name))"]
            let keys = handler.keys.isEmpty ? "Has no keys of its own." : "Has these keys:"
            lines += [escaped(handler.summary.isEmpty ? keys : "\(handler.summary). \(keys)")]
            lines += handler.keys.flatMap {
                entry($0.name, $0.kind.valueType.expectation, $0.defaultText, $0.help)
            }
        }
        lines += section("EXAMPLE") + [".nf"] + example(handlers).map(escaped) + [".fi"]
        lines += section("SEE ALSO", "\(name)(8)")
        return lines.joined(separator: "\n") + "\n"
    }

    private static let introduction = [
        "The file has sections with KEY=VALUE lines. Names of sections and keys are not "
            + "case-sensitive. A line that starts with ; or # is a comment. A blank value means the "
            + "default, unless the description states otherwise. A Boolean is True, False, Yes, No, "
            + "On, Off, 1 or 0.",
        "\(ProgramIdentity.command) check reports all mistakes at once, each with its line and column.",
    ]

    private static func example(_ handlers: [HandlerDeclaration]) -> [String] {
        [
            "[IcsHost1]", "Hosts=example.org,www.example.org", "BindIpAddr=0.0.0.0,::",
            "BindNonPort=7000", "BindSslPort=7443", "Handler=\(handlers.exampleName)",
        ]
    }

    private static func section(_ title: String, _ text: String? = nil) -> [String] {
        [".SH \(quoted(title))"] + (text.map { [$0] } ?? [])
    }

    private static func entry(
        _ name: String, _ expectation: String, _ defaultText: String, _ help: String
    ) -> [String] {
        let standard = defaultText.isEmpty ? "blank" : defaultText
        let value = expectation == ValueType<Bool>.boolean.expectation ? "a Boolean" : expectation
        return [
            ".TP", ".B \(escaped(name))", escaped(help), ".br",
            escaped("Takes \(value). Default: \(standard)."),
        ]
    }

    private static func quoted(_ text: String) -> String {
        "\"\(escaped(text).replacing("\"", with: "\\(dq"))\""
    }

    /// Text that troff prints unchanged: without escapes and requests, and with minus signs that can be
    /// copied.
    package static func escaped(_ text: String) -> String {
        let text = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&\(text)" : text
    }
}
