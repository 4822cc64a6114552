internal import Configuration
package import EventLoops
package import HandlerAPI
internal import Planning
package import Platform
internal import Synchronization

/// Serves the hosts of a plan on loops of its own, or on those of a group that it shares.
///
/// The life cycle of a server: ``init(options:level:bell:)``, ``start()``, any number of
/// ``serve(_:onRouted:)`` and ``apply(_:level:)``, ``drain(onEmpty:)``, ``cut()``, ``stop()``. One control
/// thread calls these. The server owns its state: ``opened`` is the one that it serves, there is no other
/// copy, and only ``serve(_:onRouted:)`` changes it. The loops get each state as immutable objects, and so
/// need no lock.
package final class Server: Sendable {
    private let options: Lock<ServerOptions>
    private let current = Lock(OpenedPlan.empty)
    /// The handler starts that timed out and have not returned.
    let hungStarts = Lock<Set<HungStart>>([])
    let workers: [Worker]
    private let admission: Admission
    private let offLoop: ThreadPool
    private let resolver: Resolver
    let loops: EventLoopGroup
    private let ownsLoops: Bool
    /// Hosts that are no longer served and may still have clients.
    private let retired = Lock<[RetiredHost]>([])
    private let pings = Atomic<UInt64>(0)
    /// How long the handlers of one start or reload may take to start, all together.
    let handlerStartTime: Duration
    /// `AllowFrom` and `DenyFrom` of `[Server]`.
    package var access: ServerAccess { admission.access }
    /// The keys of session tickets, kept as long as the process lives.
    package let ticketKeys: TicketKeyRing

    /// Creates the loops, unless it gets some.
    ///
    /// - Parameters:
    ///   - loops: the loops to run on, which keep running after ``stop()``; nil for as many of its own as
    ///     the options say.
    ///   - options: the settings for all hosts.
    ///   - level: the lowest level of events to report.
    ///   - bell: rung when a loop has events to write.
    ///   - resolver: resolves the names that handlers dial.
    ///   - ticketKeys: the keys of session tickets.
    ///   - handlerStartTime: how long the handlers of one start or reload may take to start, all together.
    ///   - observer: gets events beside the journal.
    ///   - shared: objects that handlers find in the ``LoopLocals`` of each loop, by their types.
    /// - Throws: the error of creating a loop.
    package init(
        on loops: EventLoopGroup? = nil, options: ServerOptions, level: LogLevel, bell: EventBell,
        resolver: Resolver? = nil,
        ticketKeys: TicketKeyRing = TicketKeyRing(), handlerStartTime: Duration = .seconds(5),
        observer: (any ServerObserver)? = nil, shared: [any AnyObject & Sendable] = []
    ) throws {
        self.handlerStartTime = handlerStartTime
        let resolver = try resolver ?? Resolver()
        self.ticketKeys = ticketKeys
        let admission = Admission(limit: options.maxClients)
        self.options = Lock(options)
        self.admission = admission
        let offLoop = try ThreadPool(
            name: "off-loop", threads: ServerOptions.threadsOffLoop,
            queue: ServerOptions.jobsOffLoop)
        self.offLoop = offLoop
        self.resolver = resolver
        self.loops = try loops ?? EventLoopGroup(count: options.workers)
        ownsLoops = loops == nil
        workers = try self.loops.loops.map { loop in
            try Worker(
                on: loop, options: options,
                events: EventQueue(level: level, bell: bell, observer: observer),
                offLoop: offLoop, resolver: resolver, admission: admission,
                ticketKeys: ticketKeys, shared: shared)
        }
    }

    /// The queues to which the loops post events.
    package var eventQueues: [EventQueue] { workers.map(\.events) }

    /// Starts without hosts, and the threads of its own loops.
    package func start() throws(SystemError) {
        if ownsLoops { try loops.start() }
        workers[0].loop.perform { [self] in workers[0].rotate(ticketKeys) }
    }

    /// Serves another state, whose listeners are open and whose handlers run.
    ///
    /// Listeners and hosts that are in both states are unchanged, with their queues, counters and clients.
    /// The clients of a host that is not in the new state are asked to finish (`isDraining`), and
    /// disconnected after the host's `DrainTimeout`. A listener that is not in the new state is closed once
    /// no loop accepts from it any more. Does not wait for the loops.
    ///
    /// - Parameters:
    ///   - opened: the new state.
    ///   - onRouted: called once, on a loop's thread, when all loops have left the old state.
    /// - Returns: the listeners that are kept but whose new options could not be set, with the reason.
    @discardableResult
    package func serve(
        _ opened: OpenedPlan, onRouted: @escaping @Sendable () -> Void = {}
    ) -> [(endpoint: OpenedEndpoint, error: SystemError)] {
        let settings = options.withLock { $0.settings }
        let old = current.withLock { current in
            defer { current = opened }
            return current
        }
        admission.share(among: opened.states.count { $0.host != nil })
        let change = ServerChange(from: old, to: opened, limits: settings.limits)
        retired.withLock { retired in
            retired =
                retired.filter { $0.account?.handlersOfRetired.isEmpty == false }
                + change.gone.map(RetiredHost.init)
        }
        // All loops route anew first: a loop that still used the old state could give a client of an old host
        // to a loop that has already drained that host.
        let routing = Remaining(workers.count)
        for worker in workers {
            worker.loop.perform {
                worker.apply(change, of: self)
                guard routing.countDown() else { return }
                for listener in change.closed { listener.end() }
                self.retire(change.retired)
                onRouted()
            }
        }
        return opened.endpoints.compactMap { endpoint in
            do throws(SystemError) {
                try endpoint.listener.adjust(
                    to: endpoint.endpoint.options, backlog: settings.listenBacklog)
                return nil
            } catch {
                return (endpoint, error)
            }
        }
    }

    /// Changes the settings for all hosts, for new clients; the number of loops stays.
    package func apply(_ options: ServerOptions, level: LogLevel) {
        self.options.withLock { $0 = options }
        admission.limit(to: options.maxClients)
        for worker in workers {
            worker.events.want(level)
            worker.loop.perform { worker.apply(options) }
        }
    }

    /// Pauses a listener, or resumes it: new clients wait in the queue of the kernel; from any thread.
    package func set(isPaused: Bool, _ listener: Listener) {
        listener.set(isPaused: isPaused)
        for worker in workers { worker.loop.perform { worker.pauseOrResume(listener.id) } }
    }

    /// The limit of clients, 0 for none.
    package var maxClients: Int { options.withLock { $0.maxClients } }

    /// The first descriptor number that is reserved, and not for clients.
    package var descriptorCeiling: CInt { options.withLock { $0.descriptorCeiling } }

    /// The state that is served; from any thread.
    package var opened: OpenedPlan { current.withLock { $0 } }

    private func retire(_ groups: [HostRetirement]) {
        for hosts in groups {
            for account in hosts.accounts { account.retire() }
            for worker in workers { worker.loop.perform { worker.retire(hosts) } }
        }
    }

    /// The loop for the next client; the accepting one unless another has fewer clients.
    func workerWithFewestClients(from accepting: Worker) -> Worker {
        var best = accepting
        var fewest = accepting.counters.clients.value
        for worker in workers where worker !== accepting {
            let clients = worker.counters.clients.value
            if clients < fewest { (best, fewest) = (worker, clients) }
        }
        return best
    }

    /// How long clients may take to finish when the server drains: the longest `DrainTimeout`.
    package var drainTimeout: Duration {
        let limits = options.withLock { $0.settings.limits }
        let hosts = opened.states.compactMap { $0.host?.limits.over(limits).drainTimeout }
        return max(limits.drainTimeout, hosts.max() ?? .zero)
    }

    /// Stops accepting and lets the clients finish, those of each host within its `DrainTimeout`.
    ///
    /// - Parameters:
    ///   - time: a time-out for all hosts, instead of their own; nil for none.
    ///   - onEmpty: called once, on a loop's thread, when no client is left.
    package func drain(within time: Duration? = nil, onEmpty: @escaping @Sendable () -> Void) {
        // All loops stop accepting first: one that still accepted could give a client to another that has
        // already reported that it is empty.
        let accepting = Remaining(workers.count)
        for worker in workers {
            worker.loop.perform {
                worker.stopAccepting()
                if accepting.countDown() { self.drainClients(within: time, onEmpty: onEmpty) }
            }
        }
    }

    private func drainClients(
        within time: Duration?, onEmpty: @escaping @Sendable () -> Void
    ) {
        let remaining = Remaining(workers.count)
        let hosts = opened.states.compactMap(\.host)
        let groups = HostRetirement.groups(
            of: hosts, limits: options.withLock { $0.settings.limits }, within: time)
        for worker in workers {
            worker.loop.perform {
                for group in groups { worker.retire(group) }
                worker.drain { if remaining.countDown() { onEmpty() } }
            }
        }
    }

    /// Disconnects the remaining clients; call it after ``drain(onEmpty:)``.
    package func cut() {
        for worker in workers { worker.loop.perform { worker.cut() } }
    }

    /// Disconnects what is left, takes all of the server off its loops, and ends its own threads.
    ///
    /// Waits for handlers that were cancelled, ``leaveTime`` at most; those that do not return are on their
    /// own. Not to be called on a loop.
    package func stop() {
        stopHandlers(within: Server.stopTime)
        // All stop accepting first, or one could give a client to another that has left.
        wait(upTo: Server.leaveTime) { worker, completion in
            worker.stopAccepting()
            completion()
        }
        wait(upTo: Server.leaveTime) { worker, completion in worker.leave(completion) }
        wait(upTo: Server.leaveTime) { worker, completion in
            worker.leaveNow()
            completion()
        }
        if ownsLoops { loops.stop() }
        // The last reference to the listeners.
        current.withLock { $0 = .empty }
        offLoop.stop()
        resolver.stop()
    }

    /// Runs a closure on each loop, and waits until each has called its completion.
    private func wait(
        upTo limit: Duration,
        _ body: @escaping @Sendable (Worker, @escaping @Sendable () -> Void) -> Void
    ) {
        guard let bell = try? EventBell() else { return }
        let left = Remaining(workers.count)
        for worker in workers {
            worker.loop.perform { body(worker) { if left.countDown() { bell.ring() } } }
        }
        loops.wait(for: bell, upTo: limit)
    }

    /// Stops as ``stop()`` does, but waits no longer than `limit` after the handlers had their time to stop: a
    /// handler may block its loop for good.
    ///
    /// - Returns: whether it has stopped.
    package func stop(within limit: Duration) -> Bool {
        do throws(SystemError) {
            let bell = try EventBell()
            let thread = try Thread(name: "stop") { [self] in
                stop()
                bell.ring()
            }
            guard bell.wait(upTo: Server.stopTime + limit) else {
                thread.detach()
                return false
            }
            thread.join()
            return true
        } catch {
            return false
        }
    }

    /// Makes the handlers of all hosts reopen their logs, including those of retired hosts with clients; from
    /// any thread.
    package func reopenLogs() {
        let old = retired.withLock { $0.flatMap { $0.account?.handlersOfRetired ?? [] } }
        let current = opened.states.flatMap { $0.host?.handlers ?? [] }
        for handler in old + current { handler.reopenLogs() }
    }

    /// The current counters; from any thread.
    package var status: ServerStatus {
        var status = ServerStatus()
        status.clients = admission.clients
        status.listeners = current.withLock { $0.endpoints.count }
        for counters in workers.map(\.counters) {
            status.accepted += counters.accepted.value
            status.refused += counters.refused.value
            status.drained += counters.drained.value
            status.handshakesFailed += counters.handshakesFailed.value
        }
        return status
    }

    /// The current hosts of the plan, in its order; from any thread.
    package var hosts: [HostStatus] {
        let opened = opened
        return zip(opened.plan.hosts, opened.states).map { HostStatus($0, $1) }
    }

    /// Degrades the hosts of a tag until ``clear(_:ofHostsTagged:)``; from any thread.
    package func raise(_ subject: String, _ reason: String, ofHostsTagged tag: String) {
        for host in hosts(tagged: tag) { host.account.conditions.raise(subject, reason) }
    }

    /// Clears a condition that ``raise(_:_:ofHostsTagged:)`` set.
    package func clear(_ subject: String, ofHostsTagged tag: String) {
        for host in hosts(tagged: tag) { host.account.conditions.clear(subject) }
    }

    private func hosts(tagged tag: String) -> [Host] {
        opened.states.compactMap(\.host).filter { $0.tag == tag }
    }

    /// The number of degraded hosts, except those that keep an earlier version; from any thread.
    package var degradedHosts: Int {
        let opened = opened
        return opened.states.count { state in
            guard let host = state.host, host.isDegraded else { return false }
            return opened.outdated.isEmpty || opened.outdated[host.id] == nil
        }
    }

    /// Clients by loop, in the order of the loops; from any thread.
    package var clientsByLoop: [Int] {
        workers.map { $0.counters.clients.value }
    }

    /// Pings each loop; ``silentLoops`` are those that have not answered.
    package func ping() {
        let number = pings.add(1, ordering: .relaxed).newValue
        for worker in workers {
            worker.loop.perform {
                worker.lastServed.store(0, ordering: .relaxed)
                worker.answeredPing.store(number, ordering: .relaxed)
            }
        }
    }

    /// The host whose handler a loop ran last, nil for none since it answered a ping; from any thread.
    package func lastServed(byLoop number: Int) -> HostNumbers.Host? {
        HostNumbers.host(workers[number].lastServed.load(ordering: .relaxed))
    }

    /// The loops that have not answered the last ``ping()``.
    package var silentLoops: [Int] {
        let number = pings.load(ordering: .relaxed)
        return workers.indices.filter {
            workers[$0].answeredPing.load(ordering: .relaxed) != number
        }
    }
}

/// A host that a reload has changed or removed, and that still has clients.
private struct RetiredHost: Sendable {
    // Not the host: clients keep the version of it that they came to, and share the account.
    weak let account: HostAccount?

    init(_ host: Host) {
        account = host.account
        host.account.keep(host.handlers)
    }
}

/// Counts loops down to zero.
final class Remaining: Sendable {
    private let count: Atomic<Int>

    init(_ count: Int) {
        self.count = Atomic(count)
    }

    /// Whether this was the last one.
    func countDown() -> Bool {
        count.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }
}
