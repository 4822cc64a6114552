internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving
internal import SocketServer
internal import Systemd

/// Takes the server from nothing to its first configuration, and from one to the next.
///
/// Theory of operation: a ``ReloadJob`` on a thread of its own reads the file, prepares the hosts that
/// change, opens missing listeners and starts handlers, while the server keeps running and the
/// supervisor's loop keeps answering. Its proposal comes back to that loop, where `StateControl` serves it,
/// one change at a time. Requests for a reload while a job runs share the next job: the file may have
/// changed since the running one read it.
final class Reloader: @unchecked Sendable {
    // Sendable because it is confined to the supervisor's loop; the job gets values.
    typealias Completion = @Sendable (ReloadOutcome) -> Void

    private let loop: EventLoop
    private let state: StateControl
    let journal: EventJournal
    let notifier: Notifier
    let inherited: InheritedListeners
    private let idleSockets: IdleSockets

    /// The configuration that was applied last.
    private var planned: PlannedConfiguration
    /// The configuration that is in force.
    private(set) var running: RunningConfiguration {
        didSet { updateStatusLine() }
    }
    /// The line for systemd about it.
    private(set) var statusLine: StatusLine
    /// What is told of the change that is made.
    var news: StateNews?
    private var isStarting = false
    /// Called with the outcome of the next reload; nil when none is requested.
    private var waiting: [Completion]?
    /// Called with what a reload would change.
    private var previews: [Completion] = []
    /// Whether a job is to start when those before have ended.
    private var isScheduled = false
    private var signalTimer: LoopTimer?

    private var server: Server { state.server }

    /// How long a reload that a signal requests waits for `icshostd reload`: systemd that sends both
    /// means one (`Type=notify-reload` with `ExecReload=`).
    private static let signalTime = Duration.milliseconds(250)

    /// Does nothing yet; the server runs, and has no hosts.
    init(
        on loop: EventLoop, server: Server, certificates: CertificateKeeper,
        journal: EventJournal, notifier: Notifier,
        inherited: InheritedListeners,
        _ planned: PlannedConfiguration
    ) {
        self.loop = loop
        state = StateControl(
            of: server, certificates: certificates, on: loop, inherited: inherited, planned.hosts)
        self.journal = journal
        self.notifier = notifier
        self.inherited = inherited
        idleSockets = IdleSockets(inherited, on: loop)
        self.planned = planned
        let running = RunningConfiguration(planned)
        self.running = running
        statusLine = StatusLine(running, server.opened)
        state.observer = self
    }

    /// Starts the hosts of the configuration.
    ///
    /// - Parameter completion: called on the loop when they are served, before a reload that was requested
    ///   meanwhile; or when that has failed, for a reason that is logged, or was stopped.
    func start(_ completion: @escaping Completion) {
        signalTimer = LoopTimer(on: loop) { [unowned self] in schedule() }
        ConfigurationNews.log(planned.findings, to: journal)
        guard !planned.hasErrors else {
            completion(refuseStart("the configuration has mistakes"))
            return
        }
        // Before anything is bound: sockets that nobody wants any more may be in the way.
        forgetUnwantedListeners(of: planned.plan)
        isStarting = true
        state.enqueue { self.run(.start, for: [completion]) }
    }

    private func refuseStart(_ reason: String) -> ReloadOutcome {
        journal.post(ServerEvent(.stopped, .error, detail: "not started: \(reason)"))
        return ReloadOutcome(isGood: false)
    }

    func forgetUnwantedListeners(of plan: ListenPlan) {
        for name in inherited.discard(unwantedBy: plan) { notifier.forget(name: name) }
    }

    /// Stops refusing the clients of sockets that no host listens on: the next process may have one.
    func leaveIdleSockets() { idleSockets.stop() }

    func updateStatusLine() { statusLine = StatusLine(running, server.opened) }

    func updateIdleSockets() {
        for error in idleSockets.update(server.opened) {
            journal.post(
                ServerEvent(
                    .configuration, .warning,
                    detail: "clients of a socket unit's socket wait for nobody: \(error)",
                    errorNumber: error.code))
        }
    }

    /// Starts no more jobs.
    ///
    /// - Parameter onIdle: called on the loop when the running job has given up.
    func stop(onIdle: @escaping () -> Void) {
        signalTimer?.stop()
        signalTimer = nil
        answer((waiting ?? []) + previews, Reloader.stopped)
        (waiting, previews) = (nil, [])
        state.stop(onIdle: onIdle)
    }

    private static let stopped = ReloadOutcome(
        isGood: false, text: "error: the daemon is stopping\n")

    /// Reads the configuration again.
    ///
    /// - Parameter completion: called on the supervisor's loop when it is in force, or has failed.
    func reload(_ completion: @escaping Completion) {
        guard !state.isStopping else { return completion(Reloader.stopped) }
        request()
        waiting?.append(completion)
        schedule()
    }

    /// Reads the configuration again, on a signal.
    func reloadOnSignal() {
        guard !state.isStopping else { return }
        request()
        signalTimer?.start(after: Reloader.signalTime)
    }

    /// Finds out what a reload would change, and how many clients it would touch.
    ///
    /// - Parameter completion: called on the supervisor's loop.
    func preview(_ completion: @escaping Completion) {
        guard !state.isStopping else { return completion(Reloader.stopped) }
        previews.append(completion)
        schedule()
    }

    /// Takes hosts down whose certificates are bad, and brings up those whose are good again.
    func certificatesChanged(_ changes: [CertificateKeeper.Change]) {
        state.certificatesChanged(changes)
    }

    /// Requests a reload; one that is requested during the start is reported after it.
    private func request() {
        guard waiting == nil else { return }
        waiting = []
        if !isStarting { notifier.reloading() }
    }

    /// Has the next job start when the change that is made has ended.
    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        state.enqueue {
            self.isScheduled = false
            self.startJob()
        }
    }

    private func startJob() {
        if let waiting {
            signalTimer?.stop()
            self.waiting = nil
            if !previews.isEmpty { schedule() }
            return run(.reload, for: waiting)
        }
        guard !previews.isEmpty else { return state.end() }
        let asking = previews
        previews = []
        run(.preview, for: asking)
    }

    private func run(_ purpose: ReloadJob.Purpose, for completions: [Completion]) {
        let job = ReloadJob(
            purpose: purpose, planned: planned, started: running.started, state: state,
            portTries: inherited.isEmpty ? ReloadJob.portTries : 0,
            storeRoom: ListenerStore.room(of: notifier))
        do throws(SystemError) {
            try state.run(job.run) { self.finish($0, purpose, completions) }
        } catch {
            let findings = ReloadJob.Findings(
                diagnostics: Diagnostics(), sources: [], unreadable: "\(error)")
            finish(
                .failed(ReloadJob.Rejection(findings: findings, reason: "\(error)")), purpose,
                completions)
        }
    }

    private func finish(
        _ result: ReloadJob.Result, _ purpose: ReloadJob.Purpose, _ completions: [Completion]
    ) {
        let outcome: ReloadOutcome
        switch (result, purpose) {
        case (.ready(let proposal), _) where !state.isStopping:
            return apply(proposal, purpose, completions)
        case (.ready(let proposal), _):
            server.withdraw(proposal.outcome)
            outcome = Reloader.stopped
        case _ where state.isStopping: outcome = Reloader.stopped
        case (.difference(let difference), _): outcome = self.outcome(of: difference)
        case (.failed(let rejection), .start): outcome = failStart(rejection)
        case (.failed(let rejection), .reload): outcome = failReload(rejection.findings)
        case (.failed(let rejection), .preview):
            outcome = ReloadOutcome(isGood: false, text: rejection.findings.text)
        case (.interrupted, _): outcome = Reloader.stopped
        }
        hasEnded(purpose, completions, outcome)
        state.end()
    }

    /// Has a proposal served.
    private func apply(
        _ proposal: ReloadJob.Proposal, _ purpose: ReloadJob.Purpose, _ completions: [Completion]
    ) {
        if proposal.difference != nil {
            applyServerSettings(of: proposal.planned)
            running = RunningConfiguration(planned, after: running)
        }
        ConfigurationNews.log(proposal.findings, to: journal)
        state.apply(proposal.outcome, of: proposal.planned.hosts) {
            self.hasEnded(purpose, completions, self.outcome(of: proposal))
        }
        if purpose == .start { warnOfIdleSockets() }
    }

    /// Tells systemd of the end of a job, and answers those who asked for it.
    private func hasEnded(
        _ purpose: ReloadJob.Purpose, _ completions: [Completion], _ outcome: ReloadOutcome
    ) {
        // A reload that is requested already goes on.
        if purpose == .reload, waiting == nil, !state.isStopping { notifier.ready() }
        answer(completions, outcome)
        guard purpose == .start else { return }
        isStarting = false
        if waiting != nil, !state.isStopping { notifier.reloading() }
    }

    private func answer(_ completions: [Completion], _ outcome: ReloadOutcome) {
        for completion in completions { completion(outcome) }
    }

    private func warnOfIdleSockets() {
        for socket in inherited.idle {
            journal.post(
                ServerEvent(
                    .configuration, .warning,
                    detail:
                        "a socket unit passed \(socket), on which no host listens: its clients are refused"
                ))
        }
    }

    /// Applies the settings that hold for all hosts.
    private func applyServerSettings(of new: PlannedConfiguration) {
        let level = new.server.logLevel
        var options = ServerOptions(new.server)
        options.descriptorCeiling = server.descriptorCeiling
        let limit = ClientLimit(
            new.server, new.plan, descriptorCeiling: options.descriptorCeiling)
        options.maxClients = limit.clients
        if let news = limit.news, limit.clients != server.maxClients { journal.post(news) }
        journal.own.want(level)
        server.apply(options, level: level)
        planned = new
    }

    private func failStart(_ rejection: ReloadJob.Rejection) -> ReloadOutcome {
        ConfigurationNews.log(rejection.findings, to: journal)
        if let outcome = rejection.outcome {
            let news = StateNews(from: server.opened, to: outcome.opened, journal: journal)
            news.logTroubles()
            news.logDegraded(outcome.prepared.degraded)
        }
        return refuseStart(rejection.reason)
    }

    private func failReload(_ findings: ReloadJob.Findings) -> ReloadOutcome {
        running.failed = WallClock.secondsSince1970
        ConfigurationNews.log(findings, to: journal)
        let text = "reload failed: nothing has changed"
        journal.post(ServerEvent(.reloadFailed, .error, detail: text))
        return ReloadOutcome(isGood: false, text: findings.text + text + "\n")
    }

    private func outcome(of proposal: ReloadJob.Proposal) -> ReloadOutcome {
        guard let difference = proposal.difference else {
            return ReloadOutcome(isGood: true)
        }
        let leftOut = server.opened.leftOut
        let text = "reloaded: \(difference.summary)\(leftOut.summary)"
        journal.post(ServerEvent(.reloaded, .notice, detail: text))
        return ReloadOutcome(
            isGood: true, text: proposal.findings.text + text + "\n", leftOut: leftOut)
    }

    private func outcome(of difference: PlanDifference) -> ReloadOutcome {
        let states = server.opened.states
        let clients = states.map { $0.host?.account.clientCount ?? 0 }
        return ReloadOutcome(
            isGood: true,
            preview: .init(
                difference: difference, clients: clients,
                serving: Set(states.indices.filter { states[$0].host != nil })))
    }
}
