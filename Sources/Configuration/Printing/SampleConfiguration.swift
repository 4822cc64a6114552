internal import HandlerAPI

/// Writes `etc/icshostd.conf`: every key of the ``Schema`` at its default, as a comment.
package enum SampleConfiguration {
    /// The text of the file.
    ///
    /// - Parameter handlers: the handlers whose names and keys it describes.
    /// - Returns: lines that each end.
    package static func text(handlers: [HandlerDeclaration]) -> String {
        var lines = introduction + ["", "[Server]"]
        let table = HandlerTable(handlers)
        lines += Schema.server.keys.flatMap {
            entry($0.name, $0.defaultText, $0.longHelp(with: table))
        }
        lines += ["", "; Any number, and gaps, will do: [IcsHost7] or [Host7] too.", ";[IcsHost1]"]
        // Keys of ICS that a handler brings stand with that handler.
        for key in Schema.host.keys where !(key.isReserved && table.hasOwner(ofKey: key.name)) {
            let help =
                key.name == "Handler"
                ? "\(key.help): \(list(handlers))" : key.longHelp(with: table)
            lines += entry(key.name, key.defaultText, help)
        }
        lines += ["", "; Where a host with Handler=proxy sends its clients."]
        lines += [";[Target1]"]
        lines += Schema.target.keys.flatMap {
            entry($0.name, $0.defaultText, $0.longHelp(with: table))
        }
        lines += ["", "; Which directories of Windows are which ones here, for ICS files:"]
        lines += ["; C:\\certificates=/etc/icshostd/certs", ";[PathMap]"]
        for handler in handlers where !handler.keys.isEmpty {
            lines += ["", "; Keys of a host with Handler=\(handler.name):"]
            lines += handler.keys.flatMap { entry($0.name, $0.defaultValue, $0.help) }
        }
        lines += [""] + example
        return lines.joined(separator: "\n") + "\n"
    }

    private static let introduction = [
        "; The configuration of icshostd: every key at its default.",
        ";",
        "; Take the \";\" from a line to change it. A blank value is the default, unless the",
        "; help says otherwise. Without a host section, as this file is, icshostd has nothing",
        "; to serve and says so. The example at the end is a start, and icshostd init asks for",
        "; a host and writes it to conf.d/first.conf, which is read, too. To check the file:",
        "; icshostd check --config FILE",
    ]

    /// A smallest host, to be uncommented as it is.
    private static let example = [
        "; Example: one host with a plain and an SSL port, its certificate made here.",
        ";[IcsHost1]",
        ";Hosts=example.org,www.example.org",
        ";BindIpAddr=0.0.0.0",
        ";BindIpAddr2=::",
        ";BindNonPort=7000",
        ";BindSslPort=7443",
        ";Handler=echo",
    ]

    private static func entry(_ name: String, _ defaultText: String, _ help: String) -> [String] {
        ["", "; \(help)", ";\(name)=\(defaultText)"]
    }

    private static func list(_ handlers: [HandlerDeclaration]) -> String {
        handlers.isEmpty ? "any" : handlers.map(\.name).joined(separator: ", ")
    }
}
