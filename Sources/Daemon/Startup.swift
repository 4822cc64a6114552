internal import ArgumentParser
internal import Configuration
internal import EventLoops
internal import Planning
internal import Serving

/// From a planned configuration to open listeners, with every finding told.
struct Startup {
    private let planned: PlannedConfiguration
    private let journal: EventJournal

    init(_ planned: PlannedConfiguration, journal: EventJournal) {
        self.planned = planned
        self.journal = journal
    }

    /// Prepares the hosts and opens the listeners.
    ///
    /// - Throws: the exit status when the daemon has to refuse: mistakes of the file, no host that
    ///   could come up, or any trouble under `OnHostError=fail`.
    func open() throws -> OpenedPlan {
        journal.post(
            ServerEvent(.starting, .notice, detail: "\(Version.text) on \(planned.path)"))
        tell(planned.loaded.diagnostics)
        guard !planned.hasErrors else { throw refusal("the configuration has mistakes") }
        let prepared = HostPreparation.prepare(
            planned.plan, registry: CommandLineInterface.registry,
            stateDirectory: StateDirectory.path(planned.server), purpose: .serve)
        tell(prepared.diagnostics)
        for event in prepared.events { journal.post(event) }
        guard !prepared.diagnostics.hasErrors else {
            throw refusal("the configuration has mistakes")
        }
        let opened = OpenedPlan(
            planned.plan, states: prepared.states, backlog: planned.server.listenBacklog)
        tell(opened)
        let troubles = opened.states.compactMap(\.trouble)
        if !troubles.isEmpty, planned.server.onHostError == .fail {
            throw refusal("OnHostError=fail, and a host is in trouble")
        }
        let isAnyUp = opened.states.contains { $0.host != nil }
        if !isAnyUp, troubles.contains(where: { $0.kind != .address }) {
            throw refusal("no host is left to serve")
        }
        return opened
    }

    /// Raises the limit of open files and says what it allows.
    func raiseFileLimit(workers: Int, listeners: Int) {
        do {
            let limit = try FileLimit.raise()
            journal.post(
                ServerEvent(.fileLimit, .info, detail: "up to \(limit.soft) open files"))
            // Each loop has two descriptors; thirty are for the journal, systemd and files.
            let needed = planned.server.maxClients + listeners + 2 * workers + 30
            guard planned.server.maxClients > 0, needed > limit.soft else { return }
            journal.post(
                ServerEvent(
                    .fileLimit, .warning,
                    detail: "MaxClients=\(planned.server.maxClients) needs \(needed) open files,"
                        + " but the limit is \(limit.soft): raise LimitNOFILE"))
        } catch {
            journal.post(
                ServerEvent(
                    .fileLimit, .warning, detail: "the limit of open files stays: \(error)",
                    errorNumber: error.code))
        }
    }

    private func tell(_ diagnostics: Diagnostics) {
        for diagnostic in diagnostics.sorted() {
            var single = Diagnostics()
            single.append(diagnostic)
            let level: EventLevel = diagnostic.severity == .error ? .error : .warning
            let text = DiagnosticPrinter(sources: planned.loaded.sources).text(single)
            journal.post(ServerEvent(.configuration, level, detail: text.trimmedEnd))
        }
    }

    private func tell(_ opened: OpenedPlan) {
        for endpoint in opened.endpoints {
            let ssl = endpoint.endpoint.isTLS ? " ssl" : ""
            let first = endpoint.endpoint.hosts.first.map { opened.plan.hosts[$0].tag }
            journal.post(
                ServerEvent(
                    .listenerOpened, .info, hostTag: first, listener: "\(endpoint.address)\(ssl)"))
        }
        for (host, state) in zip(opened.plan.hosts, opened.states) {
            switch state {
            case .up:
                journal.post(ServerEvent(.hostUp, .info, hostTag: host.tag))
            case .down(let trouble):
                journal.post(
                    ServerEvent(
                        .hostDown, .error, hostTag: host.tag,
                        detail: "\(trouble.message) (\(trouble.location))"))
            case .disabled:
                break
            }
        }
    }

    private func refusal(_ reason: String) -> ExitCode {
        journal.post(ServerEvent(.stopped, .error, detail: "not started: \(reason)"))
        return ExitStatus.mistakes
    }
}

extension String {
    /// Without the line ends at its end, which the journal would show.
    fileprivate var trimmedEnd: String {
        String(self[..<(lastIndex { !$0.isNewline }.map { index(after: $0) } ?? startIndex)])
    }
}
