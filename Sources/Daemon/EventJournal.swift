internal import EventLoops
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

    /// Starts the thread.
    ///
    /// - Parameter level: the least important event that is wanted.
    /// - Throws: what kept the thread from starting.
    init(level: EventLevel) throws(SystemError) {
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
        while true {
            // Looked at before the queues: what was posted before the end is still written.
            let isLast = isEnding.load(ordering: .acquiring)
            var dropped = 0
            for queue in queues.withLock({ $0 }) {
                let (events, missing) = queue.takeAll()
                dropped += missing
                for event in events { write(event, to: &journal) }
            }
            if dropped > 0 { write(EventJournal.missing(dropped), to: &journal) }
            if isLast { break }
            bell.wait()
        }
        if let event = farewell.withLock({ $0 }) { write(event, to: &journal) }
        ended.ring()
    }

    private func write(_ event: ServerEvent, to journal: inout Journal) {
        guard usesJournal else { return Output.report(EventFormat.line(event)) }
        do {
            try journal.write { EventFormat.fill(&$0, with: event) }
        } catch {
            // Standard error leads to journald as well, by another way.
            Output.report(EventFormat.line(event))
        }
    }

    private static func missing(_ count: Int) -> ServerEvent {
        ServerEvent(
            .eventsDropped, .warning,
            detail: "\(count) events were dropped because the journal did not take them in time")
    }
}
