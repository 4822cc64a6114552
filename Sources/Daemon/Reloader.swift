internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import Planning
internal import Serving
internal import Synchronization
internal import Systemd

/// Takes the server from one configuration to the next, and gets hosts that were left out up.
///
/// Theory of operation: a ``ReloadJob`` on a thread of its own reads the file, prepares the hosts
/// that change and opens what is missing, while the server goes on. Its proposal comes back to the
/// supervisor's loop, which alone changes the state, so one job runs at a time. Whoever asks for a
/// reload while a job runs gets the next one, all of them the same: the file may have changed since
/// the running job read it.
final class Reloader: @unchecked Sendable {
    // Sendable because it is confined to the supervisor's loop; the job gets values.
    typealias Completion = @Sendable (ReloadOutcome) -> Void

    private let loop: EventLoop
    private let server: Server
    private let journal: EventJournal
    private let notifier: Notifier
    private let registry: HandlerRegistry
    private let isStopping = Atomic<Bool>(false)

    /// What the file said when it was last applied.
    private var planned: PlannedConfiguration
    /// What is in force.
    private(set) var running: RunningConfiguration {
        didSet { statusLine = StatusLine(running) }
    }
    /// The line for systemd about it.
    private(set) var statusLine: StatusLine
    private var retry = HostRetry()
    private var thread: Thread?
    /// Those whose reload the running job is.
    private var served: [Completion] = []
    /// Those who wait for the next reload; nil when nobody wants one.
    private var waiting: [Completion]?
    private var signalTimer: LoopTimer?
    private var retryTimer: LoopTimer?
    private var onIdle: (() -> Void)?

    /// How long a reload that a signal asks for waits for `icshostd reload`: systemd that sends both
    /// means one (`Type=notify-reload` with `ExecReload=`).
    private static let signalTime = Duration.milliseconds(250)

    /// Begins with the state that the server was started with.
    init(
        on loop: EventLoop, server: Server, journal: EventJournal, notifier: Notifier,
        registry: HandlerRegistry, _ planned: PlannedConfiguration, _ opened: OpenedPlan
    ) {
        self.loop = loop
        self.server = server
        self.journal = journal
        self.notifier = notifier
        self.registry = registry
        self.planned = planned
        let running = RunningConfiguration(planned, opened)
        self.running = running
        statusLine = StatusLine(running)
    }

    /// Begins to try hosts that were left out again.
    func start() {
        signalTimer = LoopTimer(on: loop) { [unowned self] in startJob() }
        retryTimer = LoopTimer(on: loop) { [unowned self] in startJob() }
        retry.note(troubled, tried: nil, at: EventLoop.monotonicNow())
        startRetryTimer()
    }

    /// Begins nothing more.
    ///
    /// - Parameter onIdle: called on the loop when the running job has given up.
    func stop(onIdle: @escaping () -> Void) {
        isStopping.store(true, ordering: .relaxed)
        for timer in [signalTimer, retryTimer] { timer?.stop() }
        (signalTimer, retryTimer) = (nil, nil)
        for completion in served + (waiting ?? []) {
            completion(ReloadOutcome(isApplied: false, text: "error: the daemon is stopping\n"))
        }
        (served, waiting) = ([], nil)
        if thread == nil { onIdle() } else { self.onIdle = onIdle }
    }

    /// Reads the configuration again.
    ///
    /// - Parameter completion: called on the supervisor's loop when it is in force, or has failed.
    func reload(_ completion: @escaping Completion) {
        ask()
        waiting?.append(completion)
        startJob()
    }

    /// Reads the configuration again, on a signal.
    func reloadOnSignal() {
        ask()
        signalTimer?.start(after: Reloader.signalTime)
    }

    private func ask() {
        guard !isStopping.load(ordering: .relaxed), waiting == nil else { return }
        waiting = []
        notifier.reloading()
    }

    /// Starts what is to be done, if nothing is being done.
    private func startJob() {
        guard thread == nil, !isStopping.load(ordering: .relaxed) else { return }
        let purpose: ReloadJob.Purpose
        let tried: Set<String>?
        if let waiting {
            signalTimer?.stop()
            (served, self.waiting) = (waiting, nil)
            (purpose, tried) = (.reload, nil)
        } else {
            let due = retry.due(at: EventLoop.monotonicNow())
            guard !due.isEmpty else { return startRetryTimer() }
            tried = due
            purpose = .retry(waiting: troubles.filter { !due.contains($0.key) })
        }
        let job = ReloadJob(
            purpose: purpose, planned: planned, running: running,
            means: StateTransition.Means(
                registry: registry, stateDirectory: StateDirectory.path(planned.server),
                isInterrupted: { self.isStopping.load(ordering: .relaxed) }),
            ticketKeys: server.ticketKeys)
        do throws(SystemError) {
            thread = try Thread(name: "reload") { [self] in
                let result = job.run()
                loop.perform { self.finish(result, tried: tried) }
            }
        } catch {
            finish(
                .failed(
                    ReloadJob.Findings(
                        diagnostics: Diagnostics(), sources: [], unreadable: "\(error)")),
                tried: tried)
        }
    }

    private func finish(_ result: ReloadJob.Result, tried: Set<String>?) {
        guard !isStopping.load(ordering: .relaxed) else { return end(nil) }
        switch result {
        case .ready(let proposal): apply(proposal, tried: tried)
        case .failed(let findings): fail(findings)
        case .interrupted: end(nil)
        }
    }

    /// Makes a proposal the state of the server.
    private func apply(_ proposal: ReloadJob.Proposal, tried: Set<String>?) {
        let opened = proposal.outcome.opened
        let news = StateNews(from: running.opened, to: opened, journal: journal)
        let isReload = proposal.difference != nil
        var running = running
        if isReload {
            let level = EventLevel(proposal.planned.server.logLevel)
            var options = ServerOptions(proposal.planned.server)
            options.descriptorCeiling = server.descriptorCeiling
            journal.own.want(level)
            server.apply(options, level: level)
            ConfigurationNews.tell(proposal.findings, to: journal)
            planned = proposal.planned
            running = RunningConfiguration(
                planned, opened, generation: running.generation + 1)
        }
        running.opened = opened
        running.outdated = proposal.outcome.outdated
        tellOutdated(running)
        self.running = running
        retry.note(troubled, tried: tried, at: EventLoop.monotonicNow())
        for event in proposal.outcome.prepared.events { journal.post(event) }
        news.tellTroubles()
        let stubborn = server.serve(opened) { [self] in
            loop.perform {
                news.tellChanges()
                self.end(proposal)
            }
        }
        for (endpoint, error) in stubborn {
            journal.post(
                ServerEvent(
                    .configuration, .warning, listener: endpoint.name,
                    detail: "a socket option could not be changed: \(error)",
                    errorNumber: error.code))
        }
    }

    private func fail(_ findings: ReloadJob.Findings) {
        running.failed = WallClock.secondsSince1970
        ConfigurationNews.tell(findings, to: journal)
        let text = "reload failed: nothing has changed"
        journal.post(ServerEvent(.reloadFailed, .error, detail: text))
        end(ReloadOutcome(isApplied: false, text: findings.text + text + "\n"))
    }

    private func end(_ proposal: ReloadJob.Proposal) {
        guard let difference = proposal.difference else { return end(nil) }
        let text = "reloaded: \(difference.summary)"
        journal.post(ServerEvent(.reloaded, .notice, detail: text))
        end(ReloadOutcome(isApplied: true, text: proposal.findings.text + text + "\n"))
    }

    /// The job is done, and here is what whoever asked for it gets.
    private func end(_ outcome: ReloadOutcome?) {
        thread?.join()
        thread = nil
        if let outcome {
            if waiting == nil { notifier.ready() }
            for completion in served { completion(outcome) }
            served = []
        }
        if isStopping.load(ordering: .relaxed) {
            onIdle?()
            onIdle = nil
        }
        startRetryTimer()
        if let waiting { signalTimer?.start(after: waiting.isEmpty ? Reloader.signalTime : .zero) }
    }

    /// Tells hosts that keep an older version, once for each reason.
    private func tellOutdated(_ next: RunningConfiguration) {
        guard !next.outdated.isEmpty else { return }
        for host in next.opened.plan.hosts {
            let section = host.section.lowercased()
            guard let trouble = next.outdated[section],
                trouble.message != running.outdated[section]?.message
            else { continue }
            journal.post(
                ServerEvent(
                    .hostOutdated, .error, hostTag: host.tag,
                    detail: "\(trouble.message) (\(trouble.location))"))
        }
    }

    /// The hosts that are left out or not as the file wants them, and why.
    private var troubles: [String: HostTrouble] {
        let leftOut = zip(running.opened.plan.hosts, running.opened.states).compactMap {
            host, state in state.trouble.map { (host.section.lowercased(), $0) }
        }
        return Dictionary(leftOut) { first, _ in first }
            .merging(running.outdated) { _, outdated in outdated }
    }

    private var troubled: Set<String> { Set(troubles.keys) }

    private func startRetryTimer() {
        guard let next = retry.next else {
            retryTimer?.stop()
            return
        }
        let now = EventLoop.monotonicNow()
        retryTimer?.start(after: .nanoseconds(Int64(clamping: next > now ? next - now : 0)))
    }
}

extension PlanDifference {
    /// How much changes, in one line.
    fileprivate var summary: String {
        let parts = [
            (opened.count, "listeners opened"), (closed.count, "closed"),
            (added.count, "hosts added"), (changed.count, "changed"), (removed.count, "removed"),
        ].filter { $0.0 > 0 }.map { "\($0) \($1)" }
        return parts.isEmpty ? "nothing has changed" : parts.joined(separator: ", ")
    }
}
