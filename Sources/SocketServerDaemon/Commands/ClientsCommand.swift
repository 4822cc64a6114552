internal import ArgumentParser
internal import Planning
internal import TextFormats

/// `icshostd clients`: lists the connected clients.
struct ClientsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients", abstract: "Lists the clients of a running daemon.")

    /// The sort key; the largest comes first.
    enum Order: String, ExpressibleByArgument, CaseIterable {
        case bytes, age
    }

    @OptionGroup var control: ControlOption

    @Option(
        help: ArgumentHelp("Only clients of the hosts with this tag or section.", valueName: "TAG"))
    var host: String?

    @Option(help: "Sort by traffic or by age, in descending order.")
    var sort: Order?

    @Flag(help: "Print a JSON array instead of a table.")
    var json = false

    func run() throws {
        var request = JSONLine()
        request.add("command", "clients")
        request.add("host", host)
        var clients: [(text: String, part: JSONValue)] = []
        try ControlClient(control, json: json).succeed(request) { clients.append(($0, $1)) }
        if let sort {
            clients.sort {
                ClientsCommand.weight($0.part, sort) > ClientsCommand.weight($1.part, sort)
            }
        }
        if json { return Output.print(JSONLine.array(clients.map(\.text)) + "\n") }
        let heading = [
            "ID", "HOST", "ADDRESS", "LISTENER", "NAME", "TLS", "PHASE", "AGE", "IN", "OUT",
        ]
        let rows = clients.map { _, part in
            [part.cell("id"), part.hostCell("host", "section")]
                + ["address", "listener", "server_name", "tls_version", "phase"].map {
                    part.cell($0)
                } + [
                    Wording.duration(part["age_seconds"]?.number ?? 0),
                    Wording.bytes(part["bytes_in"]?.integer ?? 0),
                    Wording.bytes(part["bytes_out"]?.integer ?? 0),
                ]
        }
        Output.print(TextTable([heading] + rows).text)
    }

    private static func weight(_ client: JSONValue, _ order: Order) -> Double {
        switch order {
        case .bytes: (client["bytes_in"]?.number ?? 0) + (client["bytes_out"]?.number ?? 0)
        case .age: client["age_seconds"]?.number ?? 0
        }
    }
}
