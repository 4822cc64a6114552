internal import ArgumentParser
internal import Configuration
internal import HandlerAPI
internal import Planning

/// `icshostd status`: shows how a running daemon is.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows hosts, listeners, numbers and certificates of a running daemon.")

    /// So many hosts, listeners or certificates are listed; of more, those that need somebody.
    private static let listed = 100

    @OptionGroup var control: ControlOption

    @Flag(help: "Print a JSON object instead of text.")
    var json = false

    func run() throws {
        var request = JSONLine()
        request.add("command", "status")
        var parts: [(text: String, part: JSONValue)] = []
        try ControlClient(control, json: json).succeed(request) { parts.append(($0, $1)) }
        Output.print(json ? StatusCommand.json(parts) : StatusCommand.text(parts.map(\.part)))
    }

    private static func json(_ parts: [(text: String, part: JSONValue)]) -> String {
        func items(_ kind: String) -> [String] {
            parts.filter { $0.part["part"]?.text == kind }.map(\.text)
        }
        let lists = [("loops", "loop"), ("listeners", "listener"), ("hosts", "host")].map {
            "\($0.json): \(JSONLine.array(items($1)))"
        }
        let service = items("service").first ?? "null"
        return "{\"service\": \(service),\n\(lists.joined(separator: ",\n"))}\n"
    }

    private static func text(_ parts: [JSONValue]) -> String {
        func all(_ kind: String) -> [JSONValue] { parts.filter { $0["part"]?.text == kind } }
        guard let service = all("service").first else { return "" }
        let (hosts, loops) = (all("host"), all("loop"))
        return summary(service, loops: loops) + certificates(hosts) + table(hosts)
            + table(listeners: all("listener"))
    }

    private static func summary(_ service: JSONValue, loops: [JSONValue]) -> String {
        func number(_ name: String) -> Int { service[name]?.integer ?? 0 }
        func rate(_ name: String) -> Double { ((service[name]?.number ?? 0) * 10).rounded() / 10 }
        let enabled = number("hosts_up") + number("hosts_down")
        let silent = loops.filter { $0["silent"]?.isTrue ?? false }.map { $0.cell("number") }
        let rows = [
            [
                "service",
                "\(service.cell("version")), process \(service.cell("process")), up "
                    + Wording.duration(service["uptime_seconds"]?.number ?? 0),
            ],
            [
                "configuration",
                "\(service.cell("configuration")) of "
                    + Wording.time(service["configuration_time"]?.integer)
                    + ", generation \(service.cell("generation")) since "
                    + Wording.time(service["loaded_time"]?.integer),
            ],
            ["hosts", "\(number("hosts_up")) of \(enabled) up, \(number("hosts")) in the file"],
            ["listeners", service.cell("listeners")],
            [
                "clients",
                "\(number("clients")) now, \(number("accepted")) accepted, \(number("refused"))"
                    + " refused, \(number("handshakes_failed")) handshakes failed",
            ],
            [
                "rate",
                "\(rate("accepted_per_second")) accepted a second in the last 10 s, "
                    + "\(rate("accepted_per_second_minute")) in the last minute",
            ],
            [
                "loops",
                loops.map { $0.cell("clients") }.joined(separator: " ") + " clients"
                    + (silent.isEmpty ? "" : "; silent: loop \(silent.joined(separator: ", "))"),
            ],
            ["memory", Wording.bytes(number("memory_bytes"))],
        ]
        return TextTable(rows).text
    }

    /// The certificates that end first.
    private static func certificates(_ hosts: [JSONValue]) -> String {
        let ending = hosts.compactMap { host in
            host["certificate_end"]?.integer.map { (host: host.cell("tag"), end: $0) }
        }.sorted { $0.end < $1.end }
        guard !ending.isEmpty else { return "" }
        let now = WallClock.secondsSince1970
        let rows = ending.prefix(listed).map { host, end in
            [host, Wording.time(end), Wording.duration(Double(end) - Double(now))]
        }
        return "\n" + TextTable([["CERTIFICATE OF", "ENDS", "IN"]] + rows).text
            + more(ending.count - rows.count)
    }

    private static func table(_ hosts: [JSONValue]) -> String {
        let troubled = hosts.filter { $0["state"]?.text == "down" }
        let shown = (hosts.count > listed ? troubled : hosts).prefix(listed)
        guard !shown.isEmpty else { return "" }
        let rows = shown.map { host in
            let place = host["place"]?.text.map { " (\($0))" } ?? ""
            return [
                host.cell("tag"), host.cell("state"), host.cell("clients"), host.cell("handler"),
                (host["reason"]?.text ?? "").printable + place,
            ]
        }
        return "\n" + TextTable([["HOST", "STATE", "CLIENTS", "HANDLER", "REASON"]] + rows).text
            + more(hosts.count - shown.count)
    }

    private static func table(listeners: [JSONValue]) -> String {
        guard !listeners.isEmpty else { return "" }
        let rows = listeners.prefix(listed).map { listener in
            [
                listener.cell("address"), listener["ssl"]?.isTrue == true ? "yes" : "no",
                listener.cell("hosts"), listener.cell("first_host"),
            ]
        }
        return "\n" + TextTable([["LISTENER", "SSL", "HOSTS", "FIRST HOST"]] + rows).text
            + more(listeners.count - rows.count)
    }

    private static func more(_ count: Int) -> String {
        count > 0 ? "… and \(count) more: icshostd status --json has all\n" : ""
    }
}
