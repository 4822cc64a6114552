internal import HandlerAPI
internal import TextFormats

/// Generates a sample, such as `etc/icshostd.conf`: every key of the ``Schema`` at its default, as a comment.
package enum SampleConfiguration {
    /// The text of the file.
    ///
    /// - Parameter handlers: the handlers whose names and keys it describes.
    /// - Returns: lines with a final line feed.
    package static func text(handlers: [HandlerDeclaration]) -> String {
        var lines = introduction + ["", "[Server]"]
        let table = HandlerTable(handlers)
        lines += Schema.server.keys.flatMap {
            entry($0.name, $0.defaultText, $0.longHelp(with: table))
        }
        lines += [
            "", "; A section for each host, such as [IcsHost7] or [Host7]. Numbers may have gaps.",
            ";[IcsHost1]",
        ]
        // Keys of ICS that a handler supports are listed with that handler.
        for key in Schema.host.keys where !(key.isReserved && table.hasOwner(ofKey: key.name)) {
            let help =
                key.name == "Handler"
                ? "\(key.help) One of \(list(handlers))." : key.longHelp(with: table)
            lines += entry(key.name, key.defaultText, help)
        }
        lines += ["", "; One section for each target of the hosts with Handler=proxy."]
        lines += [";[Target1]"]
        lines += Schema.target.keys.flatMap {
            entry($0.name, $0.defaultText, $0.longHelp(with: table))
        }
        lines += ["", "; The local directories that replace those of Windows in files of ICS:"]
        lines += [
            "; C:\\certificates=\(ProgramIdentity.current.configurationDirectory)/certs",
            ";[PathMap]",
        ]
        for handler in handlers where !handler.keys.isEmpty {
            lines += ["", "; Keys of a host with Handler=\(handler.name):"]
            lines += handler.keys.flatMap { entry($0.name, $0.defaultText, $0.help) }
        }
        lines += [""] + example(handlers)
        return lines.joined(separator: "\n") + "\n"
    }

    private static var introduction: [String] {
        let program = ProgramIdentity.command
        return [
            "; The configuration of \(program): every key with its default.",
            ";",
            "; Remove the \";\" from a line to set its key. A blank value means the default, unless",
            "; the comment states otherwise. \(program).conf(5) has the values that each key takes.",
            ";",
            "; This file has no host yet, so \(program) refuses to start. Add one with \(program) init,",
            "; which writes it to conf.d/first.conf, or uncomment the example at the end. Then check",
            "; the result with \(program) check.",
        ]
    }

    /// A minimal host, to be uncommented.
    private static func example(_ handlers: [HandlerDeclaration]) -> [String] {
        [
            "; Example: a host with a plain and an SSL port, and a self-signed certificate.",
            ";[IcsHost1]",
            ";Hosts=example.org,www.example.org",
            ";BindIpAddr=0.0.0.0",
            ";BindIpAddr2=::",
            ";BindNonPort=7000",
            ";BindSslPort=7443",
            ";Handler=\(handlers.exampleName)",
        ]
    }

    private static func entry(_ name: String, _ defaultText: String, _ help: String) -> [String] {
        [""] + help.lines(ofWidth: 78).map { "; \($0)" } + [";\(name)=\(defaultText)"]
    }

    private static func list(_ handlers: [HandlerDeclaration]) -> String {
        handlers.isEmpty ? "any" : handlers.map(\.name).joined(separator: ", ")
    }
}

extension [HandlerDeclaration] {
    /// The handler of an example: echo, or the first of a program without it.
    var exampleName: String {
        contains { $0.name == "echo" } ? "echo" : first?.name ?? "echo"
    }
}
