internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import Serving
internal import Synchronization

/// Changes the state of a server: takes it from one set of hosts to the next, retries hosts that are down, follows
/// certificates, drains and stops.
///
/// Theory of operation: all of this happens on one loop, the control loop. What blocks is a job on the thread `reload`:
/// it prepares hosts, opens listeners and starts handlers, while the server keeps running. Its outcome comes back to
/// the loop, which alone calls ``Serving/Server/serve(_:onRouted:)``. One job runs at a time; others wait.
final class ServerControl: @unchecked Sendable {
    // Sendable because the variables are confined to its loop; the rest are constants, atomics or lock.

    /// Called on the control loop.
    typealias Completion = @Sendable (Result<Void, ListenError>) -> Void

    /// The steps of a shutdown.
    private enum Phase {
        case serving, draining, cutting, stopping
    }

    let loop: EventLoop
    private let engine: ServerEngine
    var server: Server { engine.server }
    /// Rung when an event is to be read.
    let bell: EventBell
    private let feed: EventFeed
    /// The open listeners by their numbers, for ``SocketServer/Options/admits``.
    private let accepting = Lock<[UInt64: SocketServer.Listener]>([:])
    /// ``SocketServer/Options/admits`` for the engine.
    private let admission: (@Sendable (SocketAddress, UInt64) -> Bool)?
    /// Its threads run as long as somebody refers to it.
    private let loopGroup: LoopGroup?
    private let isStopping = Atomic<Bool>(false)

    /// The hosts that are in force.
    private var planned: PlannedHosts
    /// Whether its listeners are closed.
    private var isClosed = true
    private var job: Thread?
    private var waiting: [() -> Void] = []
    private var retry = HostRetry()
    private var retryTimer: LoopTimer?
    private var certificateHolders = CertificateHolders()
    /// Certificates that turned out bad or good while a job runs.
    private var changes: [CertificateKeeper.Change] = []

    private var phase = Phase.serving
    private var drainEnd: LoopTimer?
    private var drainStart: UInt64 = 0
    private var drainedBefore = 0
    private var report = SocketServer.DrainReport()
    private var onStopped: [@Sendable (SocketServer.DrainReport) -> Void] = []

    /// How long handlers may take to notice that they were cancelled.
    private static let cutTime = Duration.seconds(2)
    /// The lowest level of events that the loops report.
    private static let level = LogLevel.error

    /// Creates a server without hosts and starts its threads.
    ///
    /// - Parameters:
    ///   - planned: the hosts to come, for the settings of the server.
    ///   - options: these settings, within the limits of the machine.
    ///   - loops: the loops of its clients; nil to create some.
    ///   - admits: decides which clients are admitted; nil for all.
    ///   - feed: gets the events.
    /// - Throws: the error of creating a loop or a thread.
    init(
        _ planned: PlannedHosts, _ options: ServerOptions, on loops: LoopGroup? = nil,
        admits: (@Sendable (SocketAddress, SocketServer.Listener) -> Bool)?, feed: EventFeed
    ) throws {
        var options = options
        if let admits {
            options.admits = { [accepting] address, number in
                // The table has each listener before a loop accepts from it.
                accepting.withLock { $0[number] }.map { admits(address, $0) } ?? false
            }
        }
        admission = options.admits
        self.planned = planned
        self.feed = feed
        loopGroup = loops
        loop = try EventLoop()
        bell = try EventBell()
        let own = EventQueue(level: ServerControl.level, bell: bell, observer: feed)
        engine = try ServerEngine(
            on: loops?.loops, options: options, level: ServerControl.level, bell: bell,
            observer: feed
        ) {
            own.post($0)
        }
        try engine.start { [weak self, loop] changes in
            loop.perform { [weak self] in self?.certificatesChanged(changes) }
        }
        let loop = loop
        try Thread(name: "control") {
            loop.run()
            loop.end()
        }.detach()
        loop.perform { self.begin() }
    }

    private func begin() {
        retryTimer = LoopTimer(on: loop) { [unowned self] in retryHosts() }
        drainEnd = LoopTimer(on: loop) { [unowned self] in drainPeriodEnded() }
    }

    // The next state.

    /// Takes over hosts and listens.
    ///
    /// - Parameters:
    ///   - next: the hosts; nil for those that are in force, to listen again.
    ///   - completion: called when all loops serve them, or with the reason why nothing has changed.
    func serve(_ next: PlannedHosts?, _ completion: @escaping Completion) {
        enqueue { [self] in
            let planned = next ?? planned
            transit(to: planned, limits: .init(mayDegrade: planned.server.onHostError == .degrade))
            {
                self.finish($0, planned, completion)
            }
        }
    }

    private func finish(
        _ result: Result<StateTransition.Outcome, ListenError>, _ planned: PlannedHosts,
        _ completion: @escaping Completion
    ) {
        let before = server.opened
        switch result {
        case .failure(let error):
            endJob()
            completion(.failure(error))
        case .success(let outcome):
            let isInterrupted = isStopping.load(ordering: .relaxed)
            guard !isInterrupted, outcome.opened.states.contains(where: { $0.host != nil }) else {
                server.stopHandlers(of: outcome.opened, except: [before])
                endJob()
                let error = isInterrupted ? .stopped : ListenError.hosts(outcome.opened.reports())
                return completion(.failure(error))
            }
            self.planned = planned
            isClosed = false
            applySettings(of: planned)
            apply(outcome) { completion(.success(())) }
        }
    }

    /// Applies the settings for all hosts to new clients; the number of loops stays.
    private func applySettings(of planned: PlannedHosts) {
        var options = planned.serverOptions
        options.admits = admission
        server.apply(options, level: ServerControl.level)
    }

    /// Serves an outcome, and ends the job when all loops do.
    private func apply(
        _ outcome: StateTransition.Outcome, tried: Set<SectionID>? = nil,
        _ onRouted: @escaping @Sendable () -> Void = {}
    ) {
        let listeners = outcome.opened.endpoints.map {
            ($0.listener.id, SocketServer.Listener($0, of: server))
        }
        accepting.withLock { $0.merge(listeners) { $1 } }
        for event in server.opened.news(until: outcome.opened) { feed.post(event) }
        server.serve(outcome.opened) { [self] in
            loop.perform {
                self.accepting.withLock { $0 = Dictionary(listeners) { $1 } }
                self.endJob()
                onRouted()
            }
        }
        engine.certificates.adopt(
            certificateHolders.update(from: outcome.prepared, outcome.opened),
            found: outcome.prepared.reports)
        retry.note(
            Set(outcome.opened.troubles.keys), tried: tried, at: MonotonicClock.now())
    }

    /// Closes the listeners; connected clients stay.
    func close(_ completion: @escaping @Sendable () -> Void = {}) {
        enqueue { [self] in
            isClosed = true
            server.serve(server.opened.closed) { [self] in
                loop.perform {
                    self.endJob()
                    completion()
                }
            }
        }
    }

    /// Works out the next state on the thread `reload`.
    private func transit(
        to planned: PlannedHosts, postponed: [SectionID: HostTrouble] = [:],
        limits: StateTransition.Limits,
        _ completion: @escaping @Sendable (Result<StateTransition.Outcome, ListenError>) -> Void
    ) {
        let work = TransitionJob(
            of: server, to: planned, postponed: postponed, limits: limits,
            stateDirectory: planned.stateDirectory
        ) { [self] in isStopping.load(ordering: .relaxed) }
        do throws(SystemError) {
            job = try Thread(name: "reload") { [loop] in
                let result = work.result()
                loop.perform { completion(result) }
            }
        } catch {
            completion(.failure(ListenError(error)))
        }
    }

    // One at a time.

    private var isBusy = false

    /// Runs work on the loop after all that was enqueued before; the work ends with ``endJob()``.
    private func enqueue(_ work: @escaping @Sendable () -> Void) {
        loop.perform { [self] in
            guard isBusy else {
                isBusy = true
                return work()
            }
            waiting.append(work)
        }
    }

    private func endJob() {
        job?.join()
        job = nil
        isBusy = false
        if !waiting.isEmpty {
            isBusy = true
            return waiting.removeFirst()()
        }
        if isStopping.load(ordering: .relaxed) { return continueShutdown() }
        applyCertificateChanges()
        startRetryTimer()
    }

    // Hosts that are down.

    private func startRetryTimer() {
        guard !isClosed, let next = retry.next else {
            retryTimer?.stop()
            return
        }
        let now = MonotonicClock.now()
        retryTimer?.start(after: .nanoseconds(Int64(clamping: next > now ? next - now : 0)))
    }

    private func retryHosts() {
        enqueue { [self] in
            let due = retry.due(at: MonotonicClock.now())
            guard !due.isEmpty, !isClosed, !isStopping.load(ordering: .relaxed) else {
                return endJob()
            }
            let postponed = server.opened.troubles.filter { !due.contains($0.key) }
            transit(to: planned, postponed: postponed, limits: .init(mayDegrade: true)) { result in
                guard case .success(let outcome) = result,
                    !self.isStopping.load(ordering: .relaxed)
                else { return self.endJob() }
                self.apply(outcome, tried: due)
            }
        }
    }

    // Certificates that turn bad or good.

    private func certificatesChanged(_ changes: [CertificateKeeper.Change]) {
        self.changes += changes
        if !isBusy { applyCertificateChanges() }
    }

    private func applyCertificateChanges() {
        guard !changes.isEmpty, !isStopping.load(ordering: .relaxed) else { return }
        defer { changes = [] }
        let before = server.opened
        let next = certificateHolders.apply(changes, to: before)
        for section in next.hurried { retry.hurry(section, at: MonotonicClock.now()) }
        if !next.states.isEmpty {
            let after = before.replacing(next.states)
            for event in before.news(until: after) { feed.post(event) }
            server.serve(after)
            retry.note(Set(after.troubles.keys), tried: [], at: MonotonicClock.now())
        }
        startRetryTimer()
    }

    // The shutdown.

    /// Refuses new clients, lets the connected ones finish, disconnects the rest, and stops all threads.
    ///
    /// - Parameters:
    ///   - time: how long clients have; nil for the `DrainTimeout` of their hosts.
    ///   - completion: called on the control loop when all threads have exited, or were abandoned.
    func drain(
        within time: Duration?, _ completion: @escaping @Sendable (SocketServer.DrainReport) -> Void
    ) {
        isStopping.store(true, ordering: .relaxed)
        loop.perform { [self] in
            onStopped.append(completion)
            guard case .serving = phase else { return }
            phase = .draining
            retryTimer?.stop()
            drainStart = MonotonicClock.now()
            report.clients = server.status.clients
            drainedBefore = server.status.drained
            server.serve(server.opened.closed)
            drainEnd?.start(after: time ?? server.drainTimeout)
            server.drain(within: time) { [self] in loop.perform { self.clientsHaveGone() } }
        }
    }

    /// Disconnects all clients at once, and stops all threads.
    func abort(_ completion: @escaping @Sendable (SocketServer.DrainReport) -> Void) {
        drain(within: nil, completion)
        loop.perform { [self] in
            if case .draining = phase { cut() }
        }
    }

    private func drainPeriodEnded() {
        if case .draining = phase { cut() } else { stop() }
    }

    private func cut() {
        phase = .cutting
        drainEnd?.start(after: ServerControl.cutTime)
        server.cut()
    }

    private func clientsHaveGone() {
        guard phase != .stopping else { return }
        phase = .cutting
        drainEnd?.start(after: ServerControl.cutTime)
        if !isBusy { stop() }
    }

    /// A job that was running has given up.
    private func continueShutdown() {
        if case .cutting = phase, server.status.clients == 0 { stop() }
    }

    private func stop() {
        guard phase != .stopping else { return }
        phase = .stopping
        for timer in [retryTimer, drainEnd] { timer?.stop() }
        (retryTimer, drainEnd) = (nil, nil)
        report.duration = .nanoseconds(Int64(clamping: MonotonicClock.now() - drainStart))
        do throws(SystemError) {
            try Thread(name: "stop") { [self] in
                let hasStopped = engine.stop(within: ServerControl.cutTime)
                loop.perform { self.end(hasStopped: hasStopped) }
            }.detach()
        } catch {
            end(hasStopped: false)
        }
    }

    private func end(hasStopped: Bool) {
        report.areThreadsLeft = !hasStopped
        report.aborted = server.status.drained - drainedBefore
        for completion in onStopped { completion(report) }
        onStopped = []
        loop.stop()
    }
}
