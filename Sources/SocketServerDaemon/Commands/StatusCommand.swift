internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import Planning
internal import TextFormats

/// `icshostd status`: prints the state of a running daemon.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Prints the state of a running daemon.",
        discussion: """
            Prints counters, hosts, targets, certificates and listeners. A host is up, degraded \
            (it serves, with the problem that REASON names), down or disabled. Hosts that need \
            attention come first; if there are more than a hundred, only some of the others are \
            printed.
            """)

    @OptionGroup var control: ControlOption

    @Option(
        help: ArgumentHelp(
            "Print only the hosts with this tag or section, with their listeners and targets.",
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
