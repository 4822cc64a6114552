internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import Planning

/// `icshostd status`: shows how a running daemon is.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows hosts, targets, listeners, numbers and certificates of a running daemon.",
        discussion: """
            A host is up, degraded (it serves, and the reason says what is wrong), down or \
            disabled. Those that need somebody come first; of more than a hundred that are well only \
            some are shown.
            """)

    @OptionGroup var control: ControlOption

    @Option(
        help: ArgumentHelp(
            "Only the hosts with this tag or section, with their listeners and targets.",
            valueName: "TAG"))
    var host: String?

    @Flag(help: "Print a JSON object instead of text.")
    var json = false

    func run() throws {
        var request = JSONLine()
        request.add("command", "status")
        request.add("host", host)
        var parts: [(text: String, part: JSONValue)] = []
        try ControlClient(control, json: json).succeed(request) { parts.append(($0, $1)) }
        Output.print(
            json
                ? StatusCommand.json(parts)
                : StatusText(
                    parts.map(\.part), isOfHost: host != nil,
                    hasColours: Paint.isWanted(on: STDOUT_FILENO)
                ).text)
    }

    private static func json(_ parts: [(text: String, part: JSONValue)]) -> String {
        func items(_ kind: String) -> [String] {
            parts.filter { $0.part["part"]?.text == kind }.map(\.text)
        }
        let lists = ["loop", "listener", "host", "target"].map { kind in
            "\("\(kind)s".json): \(JSONLine.array(items(kind)))"
        }
        let service = items("service").first ?? "null"
        return "{\"service\": \(service),\n\(lists.joined(separator: ",\n"))}\n"
    }
}
