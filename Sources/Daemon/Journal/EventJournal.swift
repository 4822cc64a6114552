internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import Serving
internal import Synchronization
internal import Systemd

/// Writes the events of all loops and of the control thread, on a thread of its own.
///
/// libsystemd blocks for good when journald hangs, and so does a pipe that nobody reads: whoever
/// posts an event never waits for either. What finds no room is dropped, counted, and said later.
final class EventJournal: Sendable {
    /// Rung by a queue that has something to write.
    let bell: EventBell
    /// For the events of the control thread.
    let own: EventQueue

    private let queues: Lock<[EventQueue]>
    private let isEnding = Atomic<Bool>(false)
    private let ended: EventBell
    private let usesJournal: Bool
    private let thread = Lock<Thread?>(nil)
    private let farewell = Lock<ServerEvent?>(nil)
    /// Since when the writer has been inside a write, in nanoseconds of CLOCK_MONOTONIC; 0 when not.
    private let busySince = Atomic<UInt64>(0)
    /// Events that the journal has refused since it last took one.
    private let refused = Atomic<Int>(0)

    /// How long a write may take before the journal is called silent.
    private static let patience = Duration.seconds(2)

    /// Starts the thread.
    ///
    /// - Parameter level: the least important event that is wanted.
    /// - Throws: what kept the thread from starting.
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

    /// Writes what these queues get, too.
    func add(_ queues: [EventQueue]) {
        self.queues.withLock { $0 += queues }
    }

    /// What is wrong with the journal, nil when nothing is; from any thread.
    var trouble: String? {
        let since = busySince.load(ordering: .relaxed)
        let limit = UInt64(clamping: EventJournal.patience.nanoseconds)
        if since != 0, MonotonicClock.now() &- since > limit { return "the journal is silent" }
        let count = refused.load(ordering: .relaxed)
        return count == 0 ? nil : "the journal refused \(count.counted("record"))"
    }

    /// Posts an event of the control thread.
    func post(_ event: ServerEvent) { own.post(event) }

    /// Writes what is left, and returns when that is done or the time is over; called once.
    ///
    /// - Parameters:
    ///   - event: written after all others, if it is wanted.
    ///   - limit: how long it may take.
    func finish(with event: ServerEvent? = nil, within limit: Duration) {
        farewell.withLock { $0 = event.flatMap { own.wants($0.level) ? $0 : nil } }
        isEnding.store(true, ordering: .releasing)
        bell.ring()
        // A thread that the journal holds for good is left behind.
        if ended.wait(upTo: limit) { thread.withLock { $0 }?.join() }
    }

    private func writeUntilEnd() {
        var journal = Journal()
        var gate = FloodGate()
        while true {
            // Looked at before the queues: what was posted before the end is still written.
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

    /// Waits for an event, or until the next window of the flood gate is over.
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
            // Standard error leads to journald as well, by another way.
            if !Output.report(EventFormat.line(event)) { refused.add(1, ordering: .relaxed) }
        }
    }

    private static func missing(_ count: Int) -> ServerEvent {
        ServerEvent(
            .eventsDropped, .warning,
            detail: count.counted("event was", "events were")
                + " dropped because the journal did not take them in time")
    }
}
