internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving
internal import Synchronization
internal import Systemd

/// Takes the server from one configuration to the next, and gets hosts that were down up.
///
/// Theory of operation: a ``ReloadJob`` on a thread of its own reads the file, prepares the hosts
/// that change and opens what is missing, while the server goes on. Its proposal comes back to the
/// supervisor's loop, which alone changes the state, so one job runs at a time. Whoever asks for a
/// reload while a job runs gets the next one, all of them the same: the file may have changed since
/// the running job read it.
final class Reloader: @unchecked Sendable {
    // Sendable because it is confined to the supervisor's loop; the job gets values.
    typealias Completion = @Sendable (ReloadOutcome) -> Void

    /// A job that runs.
    private struct Running {
        var thread: Thread?
        let purpose: ReloadJob.Purpose
        /// Those who wait for its outcome.
        let completions: [Completion]
        /// The hosts, by section, that are tried again; nil for all.
        let tried: Set<String>?
    }

    private let loop: EventLoop
    private let server: Server
    private let certificates: CertificateKeeper
    private let journal: EventJournal
    private let notifier: Notifier
    private let registry: HandlerRegistry
    private let inherited: InheritedListeners
    private let idleSockets: IdleSockets
    private let isStopping = Atomic<Bool>(false)

    /// What the file said when it was last applied.
    private var planned: PlannedConfiguration
    /// What is in force.
    private(set) var running: RunningConfiguration {
        didSet { statusLine = StatusLine(running) }
    }
    /// The line for systemd about it.
    private(set) var statusLine: StatusLine
    /// All hosts with certificates, also those that are down because of theirs, by section in
    /// lower case.
    private var holders: [String: Host] = [:]
    /// Certificates that turned out bad or good while a job runs.
    private var changes: [CertificateKeeper.Change] = []
    private var retry = HostRetry()
    private var job: Running?
    /// Those who wait for the next reload; nil when nobody wants one.
    private var waiting: [Completion]?
    /// Those who want to know what a reload would change.
    private var curious: [Completion] = []
    private var signalTimer: LoopTimer?
    private var retryTimer: LoopTimer?
    private var onIdle: (() -> Void)?

    /// How long a reload that a signal asks for waits for `icshostd reload`: systemd that sends both
    /// means one (`Type=notify-reload` with `ExecReload=`).
    private static let signalTime = Duration.milliseconds(250)

    /// Begins with the state that the server was started with.
    init(
        on loop: EventLoop, server: Server, certificates: CertificateKeeper,
        journal: EventJournal, notifier: Notifier, registry: HandlerRegistry,
        inherited: InheritedListeners,
        _ planned: PlannedConfiguration, _ opened: OpenedPlan
    ) {
        self.loop = loop
        self.server = server
        self.certificates = certificates
        self.journal = journal
        self.notifier = notifier
        self.registry = registry
        self.inherited = inherited
        idleSockets = IdleSockets(inherited, on: loop)
        self.planned = planned
        let running = RunningConfiguration(planned, opened)
        self.running = running
        statusLine = StatusLine(running)
    }

    /// Begins to try hosts that were down again.
    func start() {
        signalTimer = LoopTimer(on: loop) { [unowned self] in startJob() }
        retryTimer = LoopTimer(on: loop) { [unowned self] in startJob() }
        retry.note(Set(troubles.keys), tried: nil, at: MonotonicClock.now())
        startRetryTimer()
        lookAfterIdleSockets()
    }

    /// Lets the clients of sockets wait that no host listens on: the next process may have one.
    func leaveIdleSockets() { idleSockets.stop() }

    private func lookAfterIdleSockets() {
        for error in idleSockets.update(running.opened) {
            journal.post(
                ServerEvent(
                    .configuration, .warning,
                    detail: "clients of a socket unit's socket wait for nobody: \(error)",
                    errorNumber: error.code))
        }
    }

    /// Begins nothing more.
    ///
    /// - Parameter onIdle: called on the loop when the running job has given up.
    func stop(onIdle: @escaping () -> Void) {
        isStopping.store(true, ordering: .relaxed)
        for timer in [signalTimer, retryTimer] { timer?.stop() }
        (signalTimer, retryTimer) = (nil, nil)
        answer((waiting ?? []) + curious, Reloader.stopped)
        (waiting, curious) = (nil, [])
        if job == nil { onIdle() } else { self.onIdle = onIdle }
    }

    private static let stopped = ReloadOutcome(
        isGood: false, text: "error: the daemon is stopping\n")

    /// Reads the configuration again.
    ///
    /// - Parameter completion: called on the supervisor's loop when it is in force, or has failed.
    func reload(_ completion: @escaping Completion) {
        guard !isEnding else { return completion(Reloader.stopped) }
        ask()
        waiting?.append(completion)
        startJob()
    }

    /// Reads the configuration again, on a signal.
    func reloadOnSignal() {
        guard !isEnding else { return }
        ask()
        signalTimer?.start(after: Reloader.signalTime)
    }

    /// Finds out what a reload would change, and how many clients it would touch.
    ///
    /// - Parameter completion: called on the supervisor's loop.
    func preview(_ completion: @escaping Completion) {
        guard !isEnding else { return completion(Reloader.stopped) }
        curious.append(completion)
        startJob()
    }

    private var isEnding: Bool { isStopping.load(ordering: .relaxed) }

    private func ask() {
        guard waiting == nil else { return }
        waiting = []
        notifier.reloading()
    }

    /// Starts what is to be done, if nothing is being done.
    private func startJob() {
        guard job == nil, !isEnding else { return }
        if let waiting {
            signalTimer?.stop()
            self.waiting = nil
            return start(.reload, for: waiting)
        }
        if !curious.isEmpty {
            let asking = curious
            curious = []
            return start(.preview, for: asking)
        }
        let due = retry.due(at: MonotonicClock.now())
        guard !due.isEmpty else { return startRetryTimer() }
        start(.retry(waiting: troubles.filter { !due.contains($0.key) }), tried: due)
    }

    private func start(
        _ purpose: ReloadJob.Purpose, for completions: [Completion] = [], tried: Set<String>? = nil
    ) {
        job = Running(purpose: purpose, completions: completions, tried: tried)
        let work = ReloadJob(
            purpose: purpose, planned: planned, running: running,
            means: StateTransition.Means(
                registry: registry, stateDirectory: StateDirectory.path(planned.server),
                inherited: inherited,
                isInterrupted: { self.isEnding }),
            ticketKeys: server.ticketKeys, storeRoom: ListenerStore.room(of: notifier))
        do throws(SystemError) {
            job?.thread = try Thread(name: "reload") { [self] in
                let result = work.run()
                loop.perform { self.finish(result) }
            }
        } catch {
            finish(
                .failed(
                    ReloadJob.Findings(
                        diagnostics: Diagnostics(), sources: [], unreadable: "\(error)")))
        }
    }

    private func finish(_ result: ReloadJob.Result) {
        guard !isEnding else { return end(Reloader.stopped) }
        switch (result, job?.purpose) {
        case (.ready(let proposal), _): apply(proposal)
        case (.difference(let difference), _): end(outcome(of: difference))
        case (.failed(let findings), .reload): fail(findings)
        case (.failed(let findings), _): end(ReloadOutcome(isGood: false, text: findings.text))
        case (.interrupted, _): end(Reloader.stopped)
        }
    }

    /// Makes a proposal the state of the server.
    private func apply(_ proposal: ReloadJob.Proposal) {
        let opened = proposal.outcome.opened
        let news = StateNews(from: running.opened, to: opened, journal: journal)
        var next = running
        if proposal.difference != nil {
            take(proposal.planned)
            ConfigurationNews.tell(proposal.findings, to: journal)
            next = RunningConfiguration(planned, opened, after: running)
        }
        next.opened = opened
        next.outdated = proposal.outcome.outdated
        news.tellOutdated(next.outdated, known: running.outdated)
        let before = running.opened
        running = next
        retry.note(Set(troubles.keys), tried: job?.tried, at: MonotonicClock.now())
        lookAfter(proposal.outcome.prepared)
        news.tellTroubles()
        news.tellDegraded(
            proposal.outcome.prepared.degraded.filter { index, _ in
                next.outdated[opened.plan.hosts[index].section.lowercased()] == nil
            })
        ListenerStore(notifier: notifier, inherited: inherited).update(from: before, to: opened)
        for name in inherited.discard(unwantedBy: opened.plan) { notifier.forget(name: name) }
        lookAfterIdleSockets()
        let stubborn = server.serve(opened) { [self] in
            loop.perform {
                news.tellChanges()
                self.end(self.outcome(of: proposal))
            }
        }
        news.tell(stubborn: stubborn)
    }

    /// Lets the keeper look after the certificates of the hosts there are now.
    private func lookAfter(_ prepared: HostPreparation.Result) {
        var next: [String: Host] = [:]
        for host in prepared.holders { next[host.section.lowercased()] = host }
        for (settings, state) in zip(running.opened.plan.hosts, running.opened.states) {
            let section = settings.section.lowercased()
            next[section] = state.host ?? next[section] ?? holders[section]
        }
        holders = next
        certificates.adopt(Array(holders.values), found: prepared.reports)
    }

    /// Takes hosts down whose certificates are no good, and up those whose are again.
    func certificatesChanged(_ changes: [CertificateKeeper.Change]) {
        self.changes += changes
        if job == nil { applyChanges() }
    }

    private func applyChanges() {
        guard !changes.isEmpty, !isEnding else { return }
        defer { changes = [] }
        let before = running.opened
        let indexes = Dictionary(
            before.plan.hosts.enumerated().map { ($1.section.lowercased(), $0) }
        ) { first, _ in first }
        var states: [Int: HostState] = [:]
        var degraded: [(host: Int, trouble: HostTrouble)] = []
        for (host, trouble) in changes {
            let section = host.section.lowercased()
            // A reload may have given the section to another host meanwhile.
            let holder = holders[section] ?? host
            guard let index = indexes[section], holder.certificates === host.certificates else {
                continue
            }
            host.noteCertificates(trouble)
            let isLeftOut = trouble != nil && host.plainService == .none
            states[index] = isLeftOut ? trouble.map { .down($0) } : .up(host)
            holders[section] = host
            if !isLeftOut, let trouble {
                degraded.append((index, trouble))
            } else if trouble == nil, before.states[index].host != nil {
                journal.post(
                    ServerEvent(
                        .certificateReplaced, .notice, hostTag: host.tag,
                        detail: "its SSL clients are served again"))
            }
        }
        guard let after = server.setStates(states) else { return }
        running.opened = after
        lookAfterIdleSockets()
        retry.note(Set(troubles.keys), tried: [], at: MonotonicClock.now())
        let news = StateNews(from: before, to: after, journal: journal)
        news.tellTroubles()
        news.tellDegraded(degraded)
        news.tellChanges()
        startRetryTimer()
    }

    /// Takes over what holds for all hosts.
    private func take(_ new: PlannedConfiguration) {
        let level = new.server.logLevel
        var options = ServerOptions(new.server)
        options.descriptorCeiling = server.descriptorCeiling
        let limit = ClientLimit(new, descriptorCeiling: options.descriptorCeiling)
        options.maxClients = limit.clients
        if let news = limit.news, limit.clients != server.maxClients { journal.post(news) }
        journal.own.want(level)
        server.apply(options, level: level)
        planned = new
    }

    private func fail(_ findings: ReloadJob.Findings) {
        running.failed = WallClock.secondsSince1970
        ConfigurationNews.tell(findings, to: journal)
        let text = "reload failed: nothing has changed"
        journal.post(ServerEvent(.reloadFailed, .error, detail: text))
        end(ReloadOutcome(isGood: false, text: findings.text + text + "\n"))
    }

    private func outcome(of proposal: ReloadJob.Proposal) -> ReloadOutcome {
        guard let difference = proposal.difference else {
            return ReloadOutcome(isGood: true, text: "")
        }
        let leftOut = running.leftOut
        let text = "reloaded: \(difference.summary)\(leftOut.summary)"
        journal.post(ServerEvent(.reloaded, .notice, detail: text))
        return ReloadOutcome(
            isGood: true, text: proposal.findings.text + text + "\n", leftOut: leftOut)
    }

    private func outcome(of difference: PlanDifference) -> ReloadOutcome {
        let clients = running.opened.states.map { $0.host?.account.clientCount ?? 0 }
        return ReloadOutcome(
            isGood: true,
            preview: .init(
                difference: difference, clients: clients,
                serving: Set(
                    running.opened.states.indices.filter {
                        running.opened.states[$0].host != nil
                    })))
    }

    /// The job is done, and here is what whoever asked for it gets.
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
        applyChanges()
        startRetryTimer()
        if let waiting {
            signalTimer?.start(after: waiting.isEmpty ? Reloader.signalTime : .zero)
        } else if !curious.isEmpty {
            startJob()
        }
    }

    private func answer(_ completions: [Completion], _ outcome: ReloadOutcome) {
        for completion in completions { completion(outcome) }
    }

    /// The hosts that are down or not as the file wants them, and why.
    private var troubles: [String: HostTrouble] {
        let leftOut = zip(running.opened.plan.hosts, running.opened.states).compactMap {
            host, state in state.trouble.map { (host.section.lowercased(), $0) }
        }
        return Dictionary(leftOut) { first, _ in first }
            .merging(running.outdated) { _, outdated in outdated }
    }

    private func startRetryTimer() {
        guard let next = retry.next else {
            retryTimer?.stop()
            return
        }
        let now = MonotonicClock.now()
        retryTimer?.start(after: .nanoseconds(Int64(clamping: next > now ? next - now : 0)))
    }
}
