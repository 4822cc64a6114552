internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving
internal import SocketServer
internal import Synchronization
internal import Systemd

/// Takes the server from nothing to its first configuration, from one to the next, and retries hosts
/// that are down.
///
/// Theory of operation: a ``ReloadJob`` on a thread of its own reads the file, prepares the hosts that
/// change, opens missing listeners and starts handlers, while the server keeps running and the
/// supervisor's loop keeps answering. Its proposal comes back to that loop, which alone changes the
/// state, so one job runs at a time. Requests for a reload while a job runs share the next job: the
/// file may have changed since the running one read it.
///
/// The state itself is the server's (``Server/opened``); nothing here copies it.
final class Reloader: @unchecked Sendable {
    // Sendable because it is confined to the supervisor's loop; the job gets values.
    typealias Completion = @Sendable (ReloadOutcome) -> Void

    /// A job that runs.
    struct Running {
        var thread: Thread?
        let purpose: ReloadJob.Purpose
        /// Called with its outcome.
        let completions: [Completion]
        /// The hosts, by section, that are retried; nil for all.
        let tried: Set<SectionID>?
    }

    private let loop: EventLoop
    let server: Server
    let certificates: CertificateKeeper
    let journal: EventJournal
    private let notifier: Notifier
    private let inherited: InheritedListeners
    private let idleSockets: IdleSockets
    private let isStopping = Atomic<Bool>(false)

    /// The configuration that was applied last.
    private var planned: PlannedConfiguration
    /// The configuration that is in force.
    private(set) var running: RunningConfiguration {
        didSet { statusLine = StatusLine(running, server.opened) }
    }
    /// The line for systemd about it.
    private(set) var statusLine: StatusLine
    /// All hosts with certificates, also those that are down because of theirs.
    var holders = CertificateHolders()
    /// Certificates that turned out bad or good while a job runs.
    var changes: [CertificateKeeper.Change] = []
    var retry = HostRetry()
    private(set) var job: Running?
    /// Called with the outcome of the next reload; nil when none is requested.
    private var waiting: [Completion]?
    /// Called with what a reload would change.
    private var previews: [Completion] = []
    private var signalTimer: LoopTimer?
    private var retryTimer: LoopTimer?
    private var onIdle: (() -> Void)?

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
        self.server = server
        self.certificates = certificates
        self.journal = journal
        self.notifier = notifier
        self.inherited = inherited
        idleSockets = IdleSockets(inherited, on: loop)
        self.planned = planned
        let running = RunningConfiguration(planned)
        self.running = running
        statusLine = StatusLine(running, server.opened)
    }

    /// Starts the hosts of the configuration.
    ///
    /// - Parameter completion: called on the loop when they are served, before a reload that was requested
    ///   meanwhile; or when that has failed, for a reason that is logged, or was stopped.
    func start(_ completion: @escaping Completion) {
        signalTimer = LoopTimer(on: loop) { [unowned self] in startJob() }
        retryTimer = LoopTimer(on: loop) { [unowned self] in startJob() }
        ConfigurationNews.log(planned.findings, to: journal)
        guard !planned.hasErrors else {
            completion(refuseStart("the configuration has mistakes"))
            return
        }
        // Before anything is bound: sockets that nobody wants any more may be in the way.
        forgetUnwantedListeners(of: planned.plan)
        start(.start, for: [completion])
    }

    private func refuseStart(_ reason: String) -> ReloadOutcome {
        journal.post(ServerEvent(.stopped, .error, detail: "not started: \(reason)"))
        return ReloadOutcome(isGood: false)
    }

    private func forgetUnwantedListeners(of plan: ListenPlan) {
        for name in inherited.discard(unwantedBy: plan) { notifier.forget(name: name) }
    }

    /// Stops refusing the clients of sockets that no host listens on: the next process may have one.
    func leaveIdleSockets() { idleSockets.stop() }

    private func updateIdleSockets() {
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
        isStopping.store(true, ordering: .relaxed)
        for timer in [signalTimer, retryTimer] { timer?.stop() }
        (signalTimer, retryTimer) = (nil, nil)
        answer((waiting ?? []) + previews, Reloader.stopped)
        (waiting, previews) = (nil, [])
        if job == nil { onIdle() } else { self.onIdle = onIdle }
    }

    private static let stopped = ReloadOutcome(
        isGood: false, text: "error: the daemon is stopping\n")

    /// Reads the configuration again.
    ///
    /// - Parameter completion: called on the supervisor's loop when it is in force, or has failed.
    func reload(_ completion: @escaping Completion) {
        guard !isEnding else { return completion(Reloader.stopped) }
        request()
        waiting?.append(completion)
        startJob()
    }

    /// Reads the configuration again, on a signal.
    func reloadOnSignal() {
        guard !isEnding else { return }
        request()
        signalTimer?.start(after: Reloader.signalTime)
    }

    /// Finds out what a reload would change, and how many clients it would touch.
    ///
    /// - Parameter completion: called on the supervisor's loop.
    func preview(_ completion: @escaping Completion) {
        guard !isEnding else { return completion(Reloader.stopped) }
        previews.append(completion)
        startJob()
    }

    var isEnding: Bool { isStopping.load(ordering: .relaxed) }

    /// Requests a reload; one that is requested during the start is reported after it.
    private func request() {
        guard waiting == nil else { return }
        waiting = []
        if case .start = job?.purpose { return }
        notifier.reloading()
    }

    /// Starts the next job, if none runs.
    private func startJob() {
        guard job == nil, !isEnding else { return }
        if let waiting {
            signalTimer?.stop()
            self.waiting = nil
            return start(.reload, for: waiting)
        }
        if !previews.isEmpty {
            let asking = previews
            previews = []
            return start(.preview, for: asking)
        }
        let due = retry.due(at: MonotonicClock.now())
        guard !due.isEmpty else { return startRetryTimer() }
        start(.retry(waiting: server.opened.troubles.filter { !due.contains($0.key) }), tried: due)
    }

    private func start(
        _ purpose: ReloadJob.Purpose, for completions: [Completion] = [],
        tried: Set<SectionID>? = nil
    ) {
        job = Running(purpose: purpose, completions: completions, tried: tried)
        let work = ReloadJob(
            purpose: purpose, planned: planned, started: running.started, server: server,
            inherited: inherited, isInterrupted: { self.isEnding },
            storeRoom: ListenerStore.room(of: notifier))
        do throws(SystemError) {
            job?.thread = try Thread(name: "reload") { [self] in
                let result = work.run()
                loop.perform { self.finish(result) }
            }
        } catch {
            finish(
                .failed(
                    ReloadJob.Rejection(
                        findings: ReloadJob.Findings(
                            diagnostics: Diagnostics(), sources: [], unreadable: "\(error)"),
                        reason: "\(error)")))
        }
    }

    private func finish(_ result: ReloadJob.Result) {
        guard !isEnding else {
            if case .ready(let proposal) = result {
                server.stopHandlers(of: proposal.outcome.opened, except: [server.opened])
            }
            return end(Reloader.stopped)
        }
        switch (result, job?.purpose) {
        case (.ready(let proposal), _): apply(proposal)
        case (.difference(let difference), _): end(outcome(of: difference))
        case (.failed(let rejection), .start): end(failStart(rejection))
        case (.failed(let rejection), .reload): end(failReload(rejection.findings))
        case (.failed(let rejection), _):
            end(ReloadOutcome(isGood: false, text: rejection.findings.text))
        case (.interrupted, _): end(Reloader.stopped)
        }
    }

    /// Makes a proposal the state of the server.
    private func apply(_ proposal: ReloadJob.Proposal) {
        let (before, opened) = (server.opened, proposal.outcome.opened)
        let news = StateNews(from: before, to: opened, journal: journal)
        if proposal.difference != nil { applyServerSettings(of: proposal.planned) }
        ConfigurationNews.log(proposal.findings, to: journal)
        news.logOutdated()
        news.logTroubles()
        news.logDegraded(proposal.outcome.prepared.degraded)
        let stubborn = serve(opened) { [self] in
            loop.perform {
                news.logChanges()
                self.end(self.outcome(of: proposal))
            }
        }
        if proposal.difference != nil {
            running = RunningConfiguration(planned, after: running)
        }
        retry.note(Set(opened.troubles.keys), tried: job?.tried, at: MonotonicClock.now())
        watchCertificates(of: proposal.outcome.prepared)
        ListenerStore(notifier: notifier, inherited: inherited).update(from: before, to: opened)
        forgetUnwantedListeners(of: opened.plan)
        if case .start = job?.purpose { warnOfIdleSockets() }
        news.log(stubborn: stubborn)
    }

    /// Changes the state of the server; nobody else does.
    func serve(
        _ opened: OpenedPlan, onRouted: @escaping @Sendable () -> Void = {}
    ) -> [(endpoint: OpenedEndpoint, error: SystemError)] {
        let stubborn = server.serve(opened, onRouted: onRouted)
        statusLine = StatusLine(running, opened)
        updateIdleSockets()
        return stubborn
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

    /// Ends the job with its outcome, and starts the next one.
    private func end(_ outcome: ReloadOutcome) {
        guard let done = job else { return }
        done.thread?.join()
        job = nil
        guard !isEnding else {
            answer(done.completions, outcome)
            onIdle?()
            onIdle = nil
            return
        }
        if case .reload = done.purpose, waiting == nil { notifier.ready() }
        answer(done.completions, outcome)
        guard !isEnding else { return }
        if case .start = done.purpose, waiting != nil { notifier.reloading() }
        applyChanges()
        startRetryTimer()
        if let waiting {
            signalTimer?.start(after: waiting.isEmpty ? Reloader.signalTime : .zero)
        } else if !previews.isEmpty {
            startJob()
        }
    }

    private func answer(_ completions: [Completion], _ outcome: ReloadOutcome) {
        for completion in completions { completion(outcome) }
    }

    func startRetryTimer() {
        guard let next = retry.next else {
            retryTimer?.stop()
            return
        }
        let now = MonotonicClock.now()
        retryTimer?.start(after: .nanoseconds(Int64(clamping: next > now ? next - now : 0)))
    }
}
