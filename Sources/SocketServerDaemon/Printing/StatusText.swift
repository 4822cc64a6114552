internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import TextFormats

/// The text of `icshostd status`: counters, then tables in which rows that need attention come first.
struct StatusText {
    /// The maximum number of rows of a table.
    private static let rows = 100
    /// The number of rows of a longer table without problems.
    private static let shortRows = 10
    /// The number of loops whose clients are printed one by one.
    private static let loopsEach = 16

    private let parts: [JSONValue]
    /// Whether only some hosts were requested.
    private let isOfHost: Bool
    /// Whether rows that need attention are coloured.
    private let hasColours: Bool

    /// Formats the parts of an answer.
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
                "\(rate("accepted_per_second")) per second in the last 10 s, "
                    + "\(rate("accepted_per_second_minute")) in the last minute",
            ],
            ["loops", loops],
            ["memory", "\(Wording.bytes(number("memory_bytes"))) resident"],
        ]
        return TextTable(rows).text
    }

    private func reloads(_ generation: Int) -> String {
        generation > 1 ? ", \((generation - 1).counted("reload"))" : ""
    }

    /// The numbers of hosts by state.
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
        let (failing, others) = split(hosts) { ["down", "degraded"].contains($0["state"]?.text) }
        let rows = chosen(failing, others).map { host in
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
        let (failing, others) = split(targets) { $0["state"]?.text == "down" }
        let rows = chosen(failing, others).map { target in
            [
                "\(target.cell("address")) [\(target.cell("section"))]",
                target.hostCell("host", "host_section"),
                target.cell("state") + (target["backup"]?.isTrue == true ? ", backup" : ""),
                target["since"]?.integer.map { Wording.time($0) } ?? "-", target.cell("clients"),
            ]
        }
        return table(
            ["TARGET", "HOST", "STATE", "SINCE", "CLIENTS"], rows, of: targets.count, "target")
    }

    /// The certificates that expire first.
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
        return table(["CERTIFICATE OF", "EXPIRES", "IN"], rows, of: ending.count, "certificate")
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

    /// The number of rows of a table.
    private static func limit(of count: Int) -> Int { count > rows ? shortRows : rows }

    private func split(
        _ parts: [JSONValue], _ isFailing: (JSONValue) -> Bool
    ) -> (failing: [JSONValue], others: [JSONValue]) {
        (parts.filter(isFailing), parts.filter { !isFailing($0) })
    }

    /// The parts that need attention, and as many others as there is room for.
    private func chosen(_ failing: [JSONValue], _ others: [JSONValue]) -> [JSONValue] {
        let first = failing.prefix(StatusText.rows)
        let room = StatusText.limit(of: failing.count + others.count) - first.count
        return Array(first + others.prefix(max(0, room)))
    }

    private func table(
        _ heading: [String], _ rows: [[String]], of count: Int, _ noun: String
    ) -> String {
        guard !rows.isEmpty else { return "" }
        let rest = count - rows.count
        let more =
            rest > 0
            ? "… and \(rest.counted("more \(noun)")): \(ProgramIdentity.command) status --host TAG shows one, --json all\n"
            : ""
        let text = TextTable([heading] + rows).text
        guard hasColours else { return text + more }
        let lines = zip([heading] + rows, text.split(separator: "\n")).map { row, line in
            StatusText.paint(row).map { $0(line) } ?? String(line)
        }
        return lines.joined(separator: "\n") + "\n" + more
    }

    /// The colour of a row by its state, nil for none.
    private static func paint(_ row: [String]) -> Paint? {
        // The first cell is a name, which may be any word.
        let row = row.dropFirst()
        if row.contains(where: { $0 == "down" || $0.hasPrefix("down, ") || $0 == "expired" }) {
            return .red
        }
        return row.contains("degraded") ? .yellow : nil
    }
}
