internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import Serving
internal import Synchronization

/// Runs a server in code: its engine, the changes of its state, and its shutdown.
///
/// All of this happens on one loop, the control loop, which has a thread of its own.
final class ServerControl: @unchecked Sendable {
    // Sendable because the variables are confined to its loop; the rest are constants or lock.

    /// Called on the control loop.
    typealias Completion = @Sendable (Result<Void, ListenError>) -> Void

    /// The steps of a shutdown.
    private enum Phase {
        case serving, draining, cutting, stopping
    }

    private let loop: EventLoop
    private let engine: ServerEngine
    private let state: StateControl
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
        state = StateControl(
            of: engine.server, certificates: engine.certificates, on: loop, planned)
        try engine.start { [weak self, loop] changes in
            loop.perform { [weak self] in self?.state.certificatesChanged(changes) }
        }
        let loop = loop
        try Thread(name: "control") {
            loop.run()
            loop.end()
        }.detach()
        loop.perform { self.begin() }
    }

    private func begin() {
        state.observer = self
        drainEnd = LoopTimer(on: loop) { [unowned self] in drainPeriodEnded() }
    }

    // The next state.

    /// Takes over hosts and listens.
    ///
    /// - Parameters:
    ///   - next: the hosts; nil for those that are in force, to listen again.
    ///   - completion: called when all loops serve them, or with the reason why nothing has changed.
    func serve(_ next: PlannedHosts?, _ completion: @escaping Completion) {
        loop.perform { [self] in
            state.enqueue { self.transit(to: next ?? self.state.planned, completion) }
        }
    }

    /// Works out the next state on the thread `reload`.
    private func transit(to next: PlannedHosts, _ completion: @escaping Completion) {
        let job = state.transition(
            to: next, limits: .init(mayDegrade: next.server.onHostError == .degrade))
        do throws(SystemError) {
            try state.run(job.result) { self.finish($0, next, completion) }
        } catch {
            state.end()
            completion(.failure(ListenError(error)))
        }
    }

    private func finish(
        _ result: Result<StateTransition.Outcome, ListenError>, _ next: PlannedHosts,
        _ completion: @escaping Completion
    ) {
        func fail(_ error: ListenError) {
            state.end()
            completion(.failure(error))
        }
        switch result {
        case .failure(let error):
            fail(error)
        case .success(let outcome):
            guard !state.isStopping, outcome.opened.states.contains(where: { $0.host != nil })
            else {
                server.withdraw(outcome)
                return fail(state.isStopping ? .stopped : .hosts(outcome.opened.reports()))
            }
            applySettings(of: next)
            state.apply(outcome, of: next) { completion(.success(())) }
        }
    }

    /// Applies the settings for all hosts to new clients; the number of loops stays.
    private func applySettings(of planned: PlannedHosts) {
        var options = planned.serverOptions
        options.admits = admission
        server.apply(options, level: ServerControl.level)
    }

    /// Closes the listeners; connected clients stay.
    func close(_ completion: @escaping @Sendable () -> Void = {}) {
        loop.perform { [self] in
            state.enqueue { self.state.close(completion) }
        }
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
        loop.perform { [self] in
            onStopped.append(completion)
            guard case .serving = phase else { return }
            phase = .draining
            state.stop { [self] in changesHaveEnded() }
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
        if !state.isChanging { stop() }
    }

    /// A change that was running has given up.
    private func changesHaveEnded() {
        if case .cutting = phase, server.status.clients == 0 { stop() }
    }

    private func stop() {
        guard phase != .stopping else { return }
        phase = .stopping
        drainEnd?.stop()
        drainEnd = nil
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

extension ServerControl: StateObserver {
    func willServe(_ change: StateChange) {
        let listeners = listeners(of: change.new)
        accepting.withLock { $0.merge(listeners) { $1 } }
        for event in change.old.news(until: change.new) { feed.post(event) }
    }

    func serves(_ change: StateChange, stubborn: [(endpoint: OpenedEndpoint, error: SystemError)]) {
        // A socket option that cannot be changed keeps its value.
    }

    func allLoopsServe(_ change: StateChange) {
        let listeners = listeners(of: change.new)
        accepting.withLock { $0 = Dictionary(listeners) { $1 } }
    }

    private func listeners(of opened: OpenedPlan) -> [(UInt64, SocketServer.Listener)] {
        opened.endpoints.map { ($0.listener.id, SocketServer.Listener($0, of: server)) }
    }
}
