internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import HandlerAPI
internal import Planning
internal import Platform
internal import Serving

/// From a planned configuration to open listeners, with every finding told.
struct Startup {
    private let planned: PlannedConfiguration
    private let journal: EventJournal
    /// What session tickets are sealed with.
    let ticketKeys = TicketKeyRing()

    init(_ planned: PlannedConfiguration, journal: EventJournal) {
        self.planned = planned
        self.journal = journal
        journal.post(
            ServerEvent(.starting, .notice, detail: "\(Version.text) on \(planned.path)"))
    }

    /// Prepares the hosts and opens the listeners.
    ///
    /// - Parameters:
    ///   - inherited: the sockets that the process was started with.
    ///   - isInterrupted: whether a signal wants the program to end; asked for each host.
    /// - Returns: the open plan, and the hosts as they were prepared for it.
    /// - Throws: the exit status when the daemon has to refuse: mistakes of the file, no host that
    ///   could come up, or any trouble under `OnHostError=fail`; that of success when interrupted.
    func open(
        _ inherited: InheritedListeners, unless isInterrupted: () -> Bool
    ) throws -> (OpenedPlan, HostPreparation.Result) {
        ConfigurationNews.tell(planned.findings, to: journal)
        guard !planned.hasErrors else { throw refusal("the configuration has mistakes") }
        var prepared = HostPreparation.prepare(
            planned.plan, registry: CommandLineInterface.registry,
            stateDirectory: StateDirectory.path(planned.server), purpose: .serve,
            limit: planned.server.onHostError == .fail ? .none : .start, unless: isInterrupted)
        guard !prepared.isInterrupted else { throw interruption() }
        ticketKeys.use(planned.server, into: &prepared.diagnostics)
        ConfigurationNews.tell(
            ReloadJob.Findings(
                diagnostics: prepared.diagnostics, sources: planned.loaded.sources), to: journal)
        guard !prepared.diagnostics.hasErrors else {
            throw refusal("the configuration has mistakes")
        }
        let opened = try listen(prepared, inherited, unless: isInterrupted)
        let news = StateNews(from: nil, to: opened, journal: journal)
        news.tellTroubles()
        news.tellDegraded(prepared.degraded)
        let troubles = opened.states.compactMap(\.trouble)
        if !troubles.isEmpty || !prepared.degraded.isEmpty, planned.server.onHostError == .fail {
            throw refusal("OnHostError=fail, and a host is in trouble")
        }
        guard opened.mayServe else { throw refusal("no host is left to serve") }
        news.tellChanges()
        return (opened, prepared)
    }

    /// How often it is tried again to listen where no host could serve because ports are taken, and
    /// how long after each other, in microseconds: who has them may be about to end.
    private static let portTries = 5
    private static let portWait: useconds_t = 500_000

    /// Opens the listeners.
    private func listen(
        _ prepared: HostPreparation.Result, _ inherited: InheritedListeners,
        unless isInterrupted: () -> Bool
    ) throws -> OpenedPlan {
        func open() -> OpenedPlan {
            OpenedPlan(
                planned.plan, states: prepared.states, inherited: inherited,
                backlog: planned.server.listenBacklog)
        }
        // What was inherited is there for one try.
        let tries = inherited.isEmpty ? Self.portTries : 0
        var opened = open()
        for _ in 0..<tries {
            guard !opened.mayServe, opened.states.contains(where: { $0.trouble?.kind == .taken })
            else { break }
            usleep(Self.portWait)
            guard !isInterrupted() else { throw interruption() }
            opened = open()
        }
        return opened
    }

    private func interruption() -> ExitCode {
        journal.post(ServerEvent(.stopped, .notice, detail: "stopped while starting"))
        return .success
    }

    /// Raises the limit of open files and says what it allows; before anything is opened.
    ///
    /// - Returns: the number from which on descriptors are not for clients.
    func raiseFileLimit(workers: Int) -> CInt {
        do {
            let limit = try FileLimit.raise()
            journal.post(
                ServerEvent(.fileLimit, .info, detail: "up to \(limit.soft) open files"))
            // Each loop has two descriptors, and clients that were turned away linger; thirty are for
            // the journal, systemd and files.
            let listeners = planned.plan.endpoints.count
            let lingering = workers * ServerOptions.lingeringRefusals
            let clients = planned.server.maxClients ?? 0
            let needed = clients + lingering + listeners + 2 * workers + 30
            let ceiling = CInt(clamping: limit.soft) - ServerOptions.reservedDescriptors
            guard clients > 0, needed > limit.soft else { return ceiling }
            journal.post(
                ServerEvent(
                    .fileLimit, .warning,
                    detail: "MaxClients=\(clients) needs \(needed) open files,"
                        + " but the limit is \(limit.soft): raise LimitNOFILE"))
            return ceiling
        } catch {
            journal.post(
                ServerEvent(
                    .fileLimit, .warning, detail: "the limit of open files stays: \(error)",
                    errorNumber: error.code))
            return .max
        }
    }

    private func refusal(_ reason: String) -> ExitCode {
        journal.post(ServerEvent(.stopped, .error, detail: "not started: \(reason)"))
        return ExitStatus.mistakes
    }
}
