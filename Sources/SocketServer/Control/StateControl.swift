package import Configuration
package import EventLoops
internal import HandlerAPI
internal import NetworkTypes
package import Platform
package import Serving
internal import Synchronization

/// Changes the state of a server, one change at a time: takes it from one set of hosts to the next, retries hosts that
/// are down, and follows certificates that turn bad or good.
///
/// A server in code has one, and so has the daemon; what they tell of a change is up to their ``StateObserver``.
///
/// Theory of operation: all of this happens on one loop. What blocks is work on the thread `reload`: it reads, prepares
/// hosts, opens listeners and starts handlers, while the server keeps running. Its result comes back to the loop, which
/// alone calls ``Serving/Server/serve(_:onRouted:)``. One change runs at a time; others wait for it. The state itself is
/// the server's (``Serving/Server/opened``); nothing here copies it.
package final class StateControl: @unchecked Sendable {
    // Sendable because the variables are confined to the loop; the rest are constants and an atomic.

    /// The loop that it is confined to.
    package let loop: EventLoop
    /// The server.
    package let server: Server
    private let certificates: CertificateKeeper
    private let inherited: InheritedListeners
    private let stopping = Atomic<Bool>(false)
    /// Is told of each change.
    package weak var observer: (any StateObserver)?

    /// The hosts that are in force, or the ones to start with.
    private(set) var planned: PlannedHosts
    /// Whether the listeners are closed, so that no host is retried.
    private var isClosed = true
    /// Work that blocks.
    private var thread: Thread?
    private var isBusy = false
    private var waiting = Queue<() -> Void>()
    private var retry = HostRetry()
    private var retryTimer: LoopTimer?
    /// All hosts with certificates, also those that are down because of theirs.
    private var holders = CertificateHolders()
    /// Certificates that turned out bad or good while a change runs.
    private var certificateChanges: [CertificateKeeper.Change] = []
    private var onIdle: (() -> Void)?

    /// Does nothing yet.
    ///
    /// - Parameters:
    ///   - server: the server, which runs and has no hosts.
    ///   - certificates: watches the certificates of its hosts.
    ///   - loop: the loop on which it changes.
    ///   - inherited: the sockets that the process was started with.
    ///   - planned: the hosts to start with.
    package init(
        of server: Server, certificates: CertificateKeeper, on loop: EventLoop,
        inherited: InheritedListeners = InheritedListeners(), _ planned: PlannedHosts
    ) {
        (self.server, self.certificates, self.loop) = (server, certificates, loop)
        (self.inherited, self.planned) = (inherited, planned)
    }

    /// Whether it was stopped; from any thread.
    package var isStopping: Bool { stopping.load(ordering: .relaxed) }

    // One at a time.

    /// Makes a change after all that wait already: `work` is called once on the loop, and ends with ``end()``, with
    /// ``apply(_:of:then:)`` or with ``close(_:)``.
    ///
    /// It is called also after ``stop(onIdle:)``, to find ``isStopping`` and give up.
    package func enqueue(_ work: @escaping () -> Void) {
        guard isBusy else {
            isBusy = true
            return work()
        }
        waiting.append(work)
    }

    /// Whether a change runs.
    package var isChanging: Bool { isBusy }

    /// Does what blocks on a thread of its own.
    ///
    /// - Parameters:
    ///   - work: runs on the thread `reload`.
    ///   - completion: gets the result on the loop.
    /// - Throws: the error of starting a thread; then nothing is called.
    package func run<Result: Sendable>(
        _ work: @escaping @Sendable () -> Result,
        then completion: @escaping @Sendable (Result) -> Void
    ) throws(SystemError) {
        thread = try Thread(name: "reload") { [loop] in
            let result = work()
            loop.perform { completion(result) }
        }
    }

    /// Ends a change, and starts the next one.
    package func end() {
        thread?.join()
        thread = nil
        if let next = waiting.popFirst() { return next() }
        isBusy = false
        if isStopping {
            onIdle?()
            onIdle = nil
            return
        }
        applyCertificateChanges()
        startRetryTimer()
    }

    /// Makes no more changes.
    ///
    /// - Parameter onIdle: called on the loop when those that run or wait have given up.
    package func stop(onIdle: @escaping () -> Void) {
        stopping.store(true, ordering: .relaxed)
        retryTimer?.stop()
        retryTimer = nil
        if isBusy { self.onIdle = onIdle } else { onIdle() }
    }

    // The next state.

    /// Works out the next state of the server; on the thread `reload`.
    ///
    /// - Parameters:
    ///   - next: the hosts to come, without mistakes.
    ///   - changed: the hosts, by index, whose settings differ from those that are served; nil to find out.
    ///   - postponed: hosts that are not retried now.
    ///   - limits: the limits of the transition.
    /// - Returns: the work, which is run on the thread `reload`.
    package func transition(
        to next: PlannedHosts, changed: Set<Int>? = nil,
        postponed: [SectionID: HostTrouble] = [:], limits: StateTransition.Limits
    ) -> TransitionJob {
        TransitionJob(
            of: server, to: next, changed: changed, postponed: postponed, limits: limits,
            inherited: inherited, isInterrupted: { self.isStopping })
    }

    /// Serves the next state, and ends the change when all loops do.
    ///
    /// - Parameters:
    ///   - outcome: the next state.
    ///   - next: the hosts that it came of.
    ///   - completion: called on the loop, before the next change.
    package func apply(
        _ outcome: StateTransition.Outcome, of next: PlannedHosts,
        then completion: @escaping @Sendable () -> Void
    ) {
        planned = next
        isClosed = false
        apply(outcome, tried: nil, then: completion)
    }

    private func apply(
        _ outcome: StateTransition.Outcome, tried: Set<SectionID>?,
        then completion: @escaping @Sendable () -> Void = {}
    ) {
        let change = StateChange(
            from: server.opened, to: outcome.opened, degraded: outcome.prepared.degraded)
        serve(change, tried: tried) {
            completion()
            self.end()
        }
        certificates.adopt(
            holders.update(from: outcome.prepared, outcome.opened),
            found: outcome.prepared.reports)
    }

    /// Changes the state of the server; nobody else does while it has clients to accept.
    private func serve(
        _ change: StateChange, tried: Set<SectionID>?,
        then completion: @escaping @Sendable () -> Void = {}
    ) {
        observer?.willServe(change)
        let stubborn = server.serve(change.new) { [self] in
            loop.perform {
                self.observer?.allLoopsServe(change)
                completion()
            }
        }
        retry.note(Set(change.new.troubles.keys), tried: tried, at: MonotonicClock.now())
        observer?.serves(change, stubborn: stubborn)
    }

    /// Closes the listeners; connected clients stay, and no host is retried.
    func close(_ completion: @escaping @Sendable () -> Void) {
        isClosed = true
        server.serve(server.opened.closed) { [self] in
            loop.perform {
                completion()
                self.end()
            }
        }
    }

    // Hosts that are down.

    private func startRetryTimer() {
        guard !isClosed, let next = retry.next else {
            retryTimer?.stop()
            return
        }
        let timer = retryTimer ?? LoopTimer(on: loop) { [unowned self] in enqueue(retryHosts) }
        retryTimer = timer
        let now = MonotonicClock.now()
        timer.start(after: .nanoseconds(Int64(clamping: next > now ? next - now : 0)))
    }

    private func retryHosts() {
        let due = retry.due(at: MonotonicClock.now())
        guard !due.isEmpty, !isClosed, !isStopping else { return end() }
        let postponed = server.opened.troubles.filter { !due.contains($0.key) }
        // Where a host keeps an older version, the plan that is served is not that of its file.
        let job = transition(
            to: planned, postponed: postponed, limits: .init(mayDegrade: true))
        do throws(SystemError) {
            try run({ try? job.run() }) { outcome in
                guard let outcome else { return self.retryLater(due) }
                guard !self.isStopping else {
                    self.server.withdraw(outcome)
                    return self.end()
                }
                self.apply(outcome, tried: due)
            }
        } catch {
            retryLater(due)
        }
    }

    /// Nothing came of a retry, so the next one is later.
    private func retryLater(_ due: Set<SectionID>) {
        let troubled = Set(server.opened.troubles.keys)
        retry.note(troubled, tried: due, at: MonotonicClock.now())
        end()
    }

    // Certificates that turn bad or good.

    /// Takes hosts down whose certificates are bad, and brings up those whose are good again.
    package func certificatesChanged(_ changes: [CertificateKeeper.Change]) {
        certificateChanges += changes
        if !isBusy { applyCertificateChanges() }
    }

    private func applyCertificateChanges() {
        guard !certificateChanges.isEmpty, !isStopping else { return }
        let before = server.opened
        let next = holders.apply(certificateChanges, to: before)
        certificateChanges = []
        for section in next.hurried { retry.hurry(section, at: MonotonicClock.now()) }
        guard !next.states.isEmpty else { return startRetryTimer() }
        let change = StateChange(
            from: before, to: before.replacing(next.states), degraded: next.degraded,
            recovered: next.recovered)
        isBusy = true
        serve(change, tried: []) { self.end() }
    }
}
