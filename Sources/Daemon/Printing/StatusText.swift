internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import TextFormats

/// What `icshostd status` shows to people: the numbers, then tables in which what needs somebody comes
/// first.
struct StatusText {
    /// So many rows a table has.
    private static let rows = 100
    /// So many when all that is left is well.
    private static let wellRows = 10
    /// The clients of so many loops are told one by one.
    private static let loopsEach = 16

    private let parts: [JSONValue]
    /// Whether only some hosts were asked for.
    private let isOfHost: Bool
    /// Whether rows that need somebody are coloured.
    private let hasColours: Bool

    /// Takes the parts of the answer.
    init(_ parts: [JSONValue], isOfHost: Bool, hasColours: Bool = false) {
        (self.parts, self.isOfHost, self.hasColours) = (parts, isOfHost, hasColours)
    }

    /// The text, each line ended.
    var text: String {
        let (hosts, targets) = (all("host"), all("target"))
        let summary = isOfHost ? "" : summary(hosts)
        let tables =
            [
                hostTable(hosts), targetTable(targets), certificateTable(hosts),
                listenerTable(all("listener")),
            ]
            .filter { !$0.isEmpty }
        return ([summary].filter { !$0.isEmpty } + tables).joined(separator: "\n")
    }

    private func all(_ kind: String) -> [JSONValue] { parts.filter { $0["part"]?.text == kind } }

    private func summary(_ hosts: [JSONValue]) -> String {
        guard let service = all("service").first else { return "" }
        func number(_ name: String) -> Int { service[name]?.integer ?? 0 }
        func rate(_ name: String) -> Double { ((service[name]?.number ?? 0) * 10).rounded() / 10 }
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
                    + ", in force since \(Wording.time(service["loaded_time"]?.integer))"
                    + reloads(number("generation")),
            ],
            ["hosts", StatusText.hosts(service)],
            ["listeners", "\(number("listeners"))"],
            [
                "clients",
                "\(number("clients")) now, \(number("accepted")) accepted since the start, "
                    + "\(number("refused")) refused, "
                    + number("handshakes_failed").counted("failed handshake"),
            ],
            [
                "new clients",
                "\(rate("accepted_per_second")) a second over the last 10 s, "
                    + "\(rate("accepted_per_second_minute")) over the last minute",
            ],
            ["loops", loops],
            ["memory", "\(Wording.bytes(number("memory_bytes"))) resident"],
        ]
        return TextTable(rows).text
    }

    private func reloads(_ generation: Int) -> String {
        generation > 1 ? ", \((generation - 1).counted("reload"))" : ""
    }

    /// How many hosts are up, and what about the others.
    private static func hosts(_ service: JSONValue) -> String {
        func number(_ name: String) -> Int { service[name]?.integer ?? 0 }
        let (up, degraded, down) = (
            number("hosts_up"), number("hosts_degraded"), number("hosts_down")
        )
        let disabled = number("hosts") - up - down
        return "\(up) of \(up + down) up"
            + (degraded > 0 ? ", \(degraded) of them degraded" : "")
            + (disabled > 0 ? ", \(disabled) disabled" : "")
    }

    private var loops: String {
        let loops = all("loop")
        let clients = loops.compactMap { $0["clients"]?.integer }
        let silent = loops.filter { $0["silent"]?.isTrue ?? false }.map { $0.cell("number") }
        let load =
            clients.count > StatusText.loopsEach
            ? "from \(clients.min() ?? 0) to \((clients.max() ?? 0).counted("client")) each"
            : "clients of each: " + clients.map { "\($0)" }.joined(separator: ", ")
        return "\(loops.count) (\(load))"
            + (silent.isEmpty ? "" : "; not answering: loop \(silent.joined(separator: ", "))")
    }

    private func hostTable(_ hosts: [JSONValue]) -> String {
        let (sick, well) = split(hosts) { ["down", "degraded"].contains($0["state"]?.text) }
        let rows = chosen(sick, well).map { host in
            let place = host["place"]?.text.map { " (\($0))" } ?? ""
            return [
                host.hostCell("tag", "section"), host.cell("state"), host.cell("clients"),
                host.cell("handler"), (host["reason"]?.text ?? "").printable + place,
            ]
        }
        return table(
            ["HOST", "STATE", "CLIENTS", "HANDLER", "REASON"], rows, of: hosts.count, "host")
    }

    private func targetTable(_ targets: [JSONValue]) -> String {
        let (sick, well) = split(targets) { $0["state"]?.text == "down" }
        let rows = chosen(sick, well).map { target in
            [
                "\(target.cell("address")) [\(target.cell("section"))]",
                target.hostCell("host", "host_section"),
                target.cell("state") + (target["backup"]?.isTrue == true ? ", backup" : ""),
                target["since"]?.integer.map { Wording.time($0) } ?? "-", target.cell("clients"),
            ]
        }
        return table(
            ["TARGET", "OF HOST", "STATE", "SINCE", "CLIENTS"], rows, of: targets.count, "target")
    }

    /// The certificates that end first.
    private func certificateTable(_ hosts: [JSONValue]) -> String {
        let ending = hosts.compactMap { host in
            host["certificate_end"]?.integer.map { (host: host, end: $0) }
        }.sorted { $0.end < $1.end }
        let now = WallClock.secondsSince1970
        let rows = ending.prefix(StatusText.limit(of: ending.count)).map { host, end in
            [
                host.hostCell("tag", "section"), Wording.time(end),
                end < now ? "expired" : Wording.duration(Double(end) - Double(now)),
            ]
        }
        return table(["CERTIFICATE OF", "ENDS", "IN"], rows, of: ending.count, "certificate")
    }

    private func listenerTable(_ listeners: [JSONValue]) -> String {
        let rows = listeners.prefix(StatusText.limit(of: listeners.count)).map { listener in
            [
                listener.cell("address"), listener["ssl"]?.isTrue == true ? "yes" : "no",
                listener.cell("hosts"), listener.hostCell("first_host", "first_section"),
            ]
        }
        return table(
            ["LISTENER", "SSL", "HOSTS", "FIRST HOST"], rows, of: listeners.count, "listener")
    }

    /// How many rows a table shows of what is well.
    private static func limit(of count: Int) -> Int { count > rows ? wellRows : rows }

    private func split(
        _ parts: [JSONValue], _ isSick: (JSONValue) -> Bool
    ) -> (sick: [JSONValue], well: [JSONValue]) {
        (parts.filter(isSick), parts.filter { !isSick($0) })
    }

    /// Those that need somebody, and, where there is room, of the others.
    private func chosen(_ sick: [JSONValue], _ well: [JSONValue]) -> [JSONValue] {
        let first = sick.prefix(StatusText.rows)
        let room = StatusText.limit(of: sick.count + well.count) - first.count
        return Array(first + well.prefix(max(0, room)))
    }

    private func table(
        _ heading: [String], _ rows: [[String]], of count: Int, _ noun: String
    ) -> String {
        guard !rows.isEmpty else { return "" }
        let rest = count - rows.count
        let more =
            rest > 0
            ? "… and \(rest.counted("more \(noun)")): icshostd status --host TAG shows one, --json all\n"
            : ""
        let text = TextTable([heading] + rows).text
        guard hasColours else { return text + more }
        let lines = zip([heading] + rows, text.split(separator: "\n")).map { row, line in
            StatusText.paint(row).map { $0(line) } ?? String(line)
        }
        return lines.joined(separator: "\n") + "\n" + more
    }

    /// The colour of a row by the words in it, nil for one that is well.
    private static func paint(_ row: [String]) -> Paint? {
        // The first cell is a name, which may be any word.
        let row = row.dropFirst()
        if row.contains(where: { $0 == "down" || $0.hasPrefix("down, ") || $0 == "expired" }) {
            return .red
        }
        return row.contains("degraded") ? .yellow : nil
    }
}
