internal import ArgumentParser
internal import Configuration
internal import NetworkTypes
internal import Planning
internal import Serving
internal import TextFormats

/// `icshostd plan`: prints the listeners and hosts of a configuration, without opening any.
struct PlanCommand: HandlerCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Prints the listeners of a configuration, with their hosts.",
        discussion: """
            For each listener, the table has its hosts with their names, handlers and \
            certificates. If a daemon runs with the same file, the changes that a reload would \
            make come first, with the number of clients of each host that would change.
            """)

    @OptionGroup var configuration: ConfigurationArgument
    @OptionGroup var socket: ControlSocketOption

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @Flag(help: "Load the certificates even when there are more than 100 hosts.")
    var certificates = false

    @Option(
        help: ArgumentHelp(
            "Print the differences from the plan of this file instead.", valueName: "FILE"))
    var against: String?

    func run(with registry: HandlerRegistry) throws {
        var planned = try PlannedConfiguration.read(configuration.path, registry, json: json)
        if let against { return try compare(planned, with: against) }
        let enabled = planned.plan.hosts.count(where: \.isEnabled)
        let loadsCertificates = certificates || enabled <= Self.certificatesLoaded
        let prepared = loadsCertificates && !planned.hasErrors ? planned.prepare() : nil
        let states = prepared?.states ?? []
        let degraded = Dictionary((prepared?.degraded ?? []).map { ($0.host, $0.trouble) }) { $1 }
        let changes = planned.hasErrors ? nil : changes(&planned)
        let trouble = { (index: Int) -> String? in
            states.indices.contains(index)
                ? states[index].trouble?.message
                : Self.trouble(of: planned.plan.hosts[index], registry)
        }
        // As a reload judges it; after a start the host would be down.
        let lasting =
            planned.server.onHostError == .degrade
            ? Self.serving(changes ?? []).intersection(
                planned.plan.hosts.indices.filter { trouble($0) != nil }.map {
                    planned.plan.hosts[$0].id
                }) : []
        try planned.reportDiagnostics(json: json)
        let table = PlanTable(
            planned.plan,
            certificate: { index in
                degraded[index].map { CertificateFacts(problem: $0.message) }
                    ?? (states.indices.contains(index) ? states[index].certificateFacts : nil)
            },
            trouble: trouble,
            consequence: { section in
                lasting.contains(SectionID(section))
                    ? "\(section) would keep its previous settings after a reload, and be down after a start: "
                    : planned.consequence(for: section)
            })
        guard json else {
            let lines = (changes ?? []).compactMap { change in
                change.part["text"]?.text.map { text in
                    let isLasting =
                        change.part["subject"]?.text == "host"
                        && lasting.contains(SectionID(change.part["name"]?.text ?? ""))
                    return isLasting ? "\(text); it keeps its previous settings, see below" : text
                }
            }
            let heading =
                changes == nil
                ? "" : "A reload changes:\n" + lines.map { "  \($0)\n" }.joined() + "\n"
            return Output.print(heading + table.text)
        }
        let objects = changes.map { changes in
            JSONLine.array(changes.filter { $0.part["part"] == .string("change") }.map(\.text))
        }
        let member = objects.map { "  \("reload".json): \($0),\n" } ?? ""
        Output.print(
            planned.loaded.diagnostics.added(
                to: "{\n" + member + table.json.dropFirst("{\n".count)))
    }

    /// The sections of the hosts that a reload changes and that serve now.
    private static func serving(_ changes: [(text: String, part: JSONValue)]) -> Set<SectionID> {
        Set(
            changes.map(\.part).filter {
                $0["subject"]?.text == "host" && $0["change"]?.text == "changed"
                    && $0["serves"]?.isTrue == true
            }.compactMap { $0["name"]?.text.map { SectionID($0) } })
    }

    /// Prints the differences from the plan of another file.
    private func compare(_ planned: PlannedConfiguration, with path: String) throws {
        try planned.reportDiagnostics(json: json)
        let old = try PlannedConfiguration.read(path, planned.registry, json: json)
        if old.hasErrors { try old.reportDiagnostics(json: json) }
        let difference = PlanDifference(
            from: old.plan, to: planned.plan, server: (old.server, planned.server))
        Output.print(
            json ? planned.loaded.diagnostics.added(to: difference.json) : difference.text)
    }

    /// Requests the changes that a reload would make from the daemon that runs with this file.
    ///
    /// - Parameter planned: the file, which gets a note when the daemon refuses this user.
    /// - Returns: the parts of its answer, as text and as values; nil where no daemon runs.
    private func changes(
        _ planned: inout PlannedConfiguration
    ) -> [(text: String, part: JSONValue)]? {
        var request = JSONLine()
        request.add("command", "plan")
        var (file, parts) = (String?.none, [(text: String, part: JSONValue)]())
        do throws(ControlFailure) {
            let end = try ControlClient(path: socket.path(else: planned.server)).exchange(request) {
                text, part in
                if let path = part["configuration"]?.text {
                    file = path
                } else {
                    parts.append((text, part))
                }
            }
            let isSame = file.map(Self.identity) == Self.identity(configuration.path)
            return isSame && end["ok"]?.isTrue == true ? parts : nil
        } catch {
            guard error.isRefusal else { return nil }
            var note = Diagnostics()
            note.note(
                at: SourceLocation(file: configuration.path, line: 1, column: 1),
                "the changes of a reload are unknown: \(error.message)")
            planned.append(note)
            return nil
        }
    }

    /// The identity of a file, the same for all its paths.
    private static func identity(_ path: String) -> String {
        Surroundings.Files.disk.identity(path)
    }

    /// The number of hosts whose certificates are loaded without an option: one takes half a millisecond.
    private static let certificatesLoaded = 100

    /// Why a host would be down, without reading its files.
    private static func trouble(
        of host: HostSettings, _ registry: HandlerRegistry
    ) -> String? {
        guard host.isEnabled else { return nil }
        if let path = host.troubles.first { return path.message }
        guard let name = host.handler?.value, registry[name] == nil else { return nil }
        return registry.absence(of: name)
    }
}

extension CertificateFacts {
    /// The facts about a certificate that cannot be used.
    fileprivate init(problem: String) {
        self.init(end: nil, isMadeHere: false, warnings: [], problem: problem)
    }
}

extension HostState {
    /// The facts about its certificate for the plan, nil where they are unknown.
    fileprivate var certificateFacts: CertificateFacts? {
        switch self {
        case .disabled: return nil
        case .down(let trouble):
            guard [.certificate, .trust].contains(trouble.kind) else { return nil }
            return CertificateFacts(problem: trouble.message)
        case .up(let host):
            guard let report = host.certificates?.report else {
                return host.certificates.map { _ in
                    CertificateFacts(end: nil, isMadeHere: true, warnings: [])
                }
            }
            return CertificateFacts(
                end: (report.day, report.end), isMadeHere: report.isMadeHere,
                warnings: report.codes)
        }
    }
}
