internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import Serving
internal import Synchronization
internal import Systemd

/// Writes the events of all loops and of the control thread, on a thread of its own.
///
/// libsystemd blocks while journald hangs, and so does a pipe that nobody reads. Threads that post
/// events never wait for either: events that do not fit into a queue are dropped, counted, and reported
/// later.
final class EventJournal: Sendable {
    /// Rung by a queue that is not empty any more.
    let bell: EventBell
    /// The queue of the control thread.
    let own: EventQueue

    private let queues: Lock<[EventQueue]>
    private let isEnding = Atomic<Bool>(false)
    private let ended: EventBell
    private let usesJournal: Bool
    private let thread = Lock<Thread?>(nil)
    private let farewell = Lock<ServerEvent?>(nil)
    /// When the current write started, in nanoseconds of CLOCK_MONOTONIC; 0 when there is none.
    private let busySince = Atomic<UInt64>(0)
    /// The number of events that the journal refused since it last accepted one.
    private let refused = Atomic<Int>(0)

    /// How long a write may take before the journal is reported as silent.
    private static let patience = Duration.seconds(2)

    /// Starts the thread.
    ///
    /// - Parameter level: the lowest level to log.
    /// - Throws: when the thread cannot be started.
    init(level: LogLevel) throws(SystemError) {
        bell = try EventBell()
        ended = try EventBell()
        own = EventQueue(level: level, bell: bell)
        queues = Lock([own])
        usesJournal = Journal.isConnectedToStandardError
        let thread = try Thread(name: "events") { [self] in
            writeUntilEnd()
        }
        self.thread.withLock { $0 = thread }
    }

    /// Adds queues whose events are written, too.
    func add(_ queues: [EventQueue]) {
        self.queues.withLock { $0 += queues }
    }

    /// The problem with the journal, nil for none; from any thread.
    var trouble: String? {
        let since = busySince.load(ordering: .relaxed)
        let limit = UInt64(clamping: EventJournal.patience.nanoseconds)
        if since != 0, MonotonicClock.now() &- since > limit { return "the journal is silent" }
        let count = refused.load(ordering: .relaxed)
        return count == 0 ? nil : "the journal refused \(count.counted("record"))"
    }

    /// Posts an event of the control thread.
    func post(_ event: ServerEvent) { own.post(event) }

    /// Writes the remaining events, and returns when that is done or times out; called once.
    ///
    /// - Parameters:
    ///   - event: the last event, written if its level is logged.
    ///   - limit: the time limit.
    func finish(with event: ServerEvent? = nil, within limit: Duration) {
        farewell.withLock { $0 = event.flatMap { own.wants($0.level) ? $0 : nil } }
        isEnding.store(true, ordering: .releasing)
        bell.ring()
        // A thread that the journal blocks is abandoned.
        if ended.wait(upTo: limit) { thread.withLock { $0 }?.join() }
    }

    private func writeUntilEnd() {
        var journal = Journal()
        var gate = FloodGate()
        while true {
            // Read before the queues: events that were posted before the shutdown are still written.
            let isLast = isEnding.load(ordering: .acquiring)
            var dropped = 0
            for queue in queues.withLock({ $0 }) {
                let (events, missing) = queue.takeAll()
                dropped += missing
                let now = MonotonicClock.now()
                for event in events where gate.admits(event, at: now) {
                    write(event, to: &journal)
                }
            }
            if dropped > 0 { write(EventJournal.missing(dropped), to: &journal) }
            for sum in gate.sums(at: isLast ? nil : MonotonicClock.now()) {
                write(sum, to: &journal)
            }
            if isLast { break }
            waitForMore(until: gate.nextEnd)
        }
        if let event = farewell.withLock({ $0 }) { write(event, to: &journal) }
        ended.ring()
    }

    /// Waits for an event, or for the end of the next window of the flood gate.
    private func waitForMore(until end: UInt64?) {
        guard let end else { return bell.wait() }
        let now = MonotonicClock.now()
        bell.wait(upTo: .nanoseconds(Int64(clamping: end > now ? end - now : 0)))
    }

    private func write(_ event: ServerEvent, to journal: inout Journal) {
        guard usesJournal else {
            Output.report(EventFormat.line(event))
            return
        }
        busySince.store(MonotonicClock.now(), ordering: .relaxed)
        defer { busySince.store(0, ordering: .relaxed) }
        do {
            try journal.write { EventFormat.fill(&$0, with: event) }
            let missing = refused.exchange(0, ordering: .relaxed)
            if missing > 0 { write(EventJournal.missing(missing), to: &journal) }
        } catch {
            // Standard error is connected to journald, too, by another socket.
            if !Output.report(EventFormat.line(event)) { refused.add(1, ordering: .relaxed) }
        }
    }

    private static func missing(_ count: Int) -> ServerEvent {
        ServerEvent(
            .eventsDropped, .warning,
            detail: count.counted("event was", "events were")
                + " dropped because the journal did not accept them in time")
    }
}
