internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import Planning
internal import Platform

extension Server {
    /// How long handlers may take to stop when the server shuts down.
    static let stopTime = Duration.seconds(2)
    /// How long clients may take to notice that the server stops.
    static let leaveTime = Duration.seconds(2)
    /// How often a slow start checks whether it was interrupted.
    private static let interruptionTime = Duration.milliseconds(100)

    /// Starts the handlers of hosts that come up, before they are served.
    ///
    /// Blocks its thread while they start, so it must not be the control thread or a loop's. A handler that
    /// fails or times out is stopped, and its host is down. After a time-out the host stays down until that
    /// start has returned, however often it is retried, or until it has another handler.
    ///
    /// - Parameters:
    ///   - opened: the next state.
    ///   - isInterrupted: whether to abort.
    /// - Returns: the same state, in which hosts whose handlers did not start are down.
    package func startHandlers(
        of opened: OpenedPlan, unless isInterrupted: () -> Bool = { false }
    ) -> OpenedPlan {
        var starting: [(index: Int, life: HostLife)] = []
        var reasons: [Int: String] = [:]
        for (index, state) in opened.states.enumerated() {
            guard let host = state.host, !host.account.hasLife else { continue }
            let handlers = host.handlers.compactMap { $0 as? any LastingHandler }
            guard !handlers.isEmpty else { continue }
            guard !hungStarts.withLock({ $0.contains(HungStart(host)) }) else {
                reasons[index] = "its handler still hangs in an earlier start"
                continue
            }
            let life = HostLife(host, handlers, on: workers[index % workers.count])
            host.account.begin(life)
            starting.append((index, life))
        }
        for (index, failure) in start(starting, unless: isInterrupted) {
            reasons[index] = failure.reason
            guard let host = opened.states[index].host else { continue }
            stop(host, after: failure)
        }
        var changes: [Int: HostState] = [:]
        for (index, reason) in reasons {
            let settings = opened.plan.hosts[index]
            let place = settings.handler?.location ?? settings.location
            changes[index] = .down(HostTrouble(.handler, reason, at: place))
        }
        return changes.isEmpty ? opened : opened.replacing(changes)
    }

    /// Why a handler did not start.
    private enum StartFailure {
        case thrown(any Error)
        case timedOut

        var reason: String {
            switch self {
            case .thrown(let error): "its handler did not start: \(error)"
            case .timedOut: "its handler takes too long to start"
            }
        }
    }

    /// Starts handlers and waits for them.
    ///
    /// - Returns: why handlers did not start, by the index of their host.
    private func start(
        _ lives: [(index: Int, life: HostLife)], unless isInterrupted: () -> Bool
    ) -> [Int: StartFailure] {
        guard !lives.isEmpty else { return [:] }
        do throws(SystemError) {
            let bell = try EventBell()
            let failures = lives.map { ($0.index, StartFailure.timedOut) }
            let pending = Lock(
                (left: lives.count, failures: Dictionary(failures) { first, _ in first }))
            for (index, life) in lives {
                life.start { error in
                    let hasEnded = pending.withLock { pending in
                        pending.left -= 1
                        pending.failures[index] = error.map { .thrown($0) }
                        return pending.left == 0
                    }
                    if hasEnded { bell.ring() }
                }
            }
            let end = MonotonicClock.now() + UInt64(clamping: handlerStartTime.nanoseconds)
            var now = MonotonicClock.now()
            while now < end, !isInterrupted() {
                let rest = Duration.nanoseconds(Int64(clamping: end - now))
                if loops.wait(for: bell, upTo: min(rest, Server.interruptionTime)) { break }
                now = MonotonicClock.now()
            }
            return pending.withLock { $0.failures }
        } catch {
            return Dictionary(lives.map { ($0.index, .thrown(error)) }) { first, _ in first }
        }
    }

    /// Stops the handler of a host that did not start, and marks one that hangs until its start returns.
    private func stop(_ host: Host, after failure: StartFailure) {
        guard case .timedOut = failure else { return host.account.stop() }
        let start = HungStart(host)
        hungStarts.withLock { _ = $0.insert(start) }
        host.account.stop { [self] in hungStarts.withLock { _ = $0.remove(start) } }
    }

    /// Stops the handlers that were started for a state that is not served after all; from any thread.
    package func withdraw(_ outcome: StateTransition.Outcome) {
        stopHandlers(of: outcome.opened, except: [opened])
    }

    /// Stops the handlers that were started for a state, without waiting for them.
    ///
    /// - Parameters:
    ///   - opened: the state, which is not served.
    ///   - kept: states whose handlers keep running.
    func stopHandlers(of opened: OpenedPlan, except kept: [OpenedPlan]) {
        let accounts = Set(
            kept.flatMap(\.states).compactMap { $0.host.map { ObjectIdentifier($0.account) } })
        for account in opened.states.compactMap({ $0.host?.account })
        where !accounts.contains(ObjectIdentifier(account)) {
            account.stop()
        }
    }

    /// Stops the handlers of all hosts; the loops still run.
    ///
    /// - Parameter completion: called once, on any thread, when all have stopped.
    package func stopHandlers(_ completion: @escaping @Sendable () -> Void) {
        let accounts = opened.states.compactMap { $0.host?.account }.filter(\.hasLife)
        guard !accounts.isEmpty else { return completion() }
        let left = Remaining(accounts.count)
        for account in accounts { account.stop { if left.countDown() { completion() } } }
    }

    /// Stops the handlers of all hosts, and waits for them.
    func stopHandlers(within limit: Duration) {
        guard let bell = try? EventBell() else { return }
        stopHandlers { bell.ring() }
        loops.wait(for: bell, upTo: limit)
    }
}

/// A handler start of a host that has not returned.
struct HungStart: Hashable {
    private let host: SectionID
    private let handler: String

    init(_ host: Host) { (self.host, handler) = (host.id, host.handlerName) }
}
