package import HandlerAPI
package import Platform
internal import Synchronization

/// The bounded queue of events from one loop to the thread that writes them.
///
/// A loop never waits for the journal: when the queue is full the event is dropped and counted, and
/// the writer logs later how many are missing.
package final class EventQueue: Sendable {
    /// How many events may wait for the writer.
    package static let capacity = 4096

    private struct Content {
        var events: [ServerEvent] = []
        var dropped = 0
    }

    private let content = Lock(Content())
    private let bell: EventBell
    /// The least severe level that is logged, as its number of syslog(3).
    private let level: Atomic<Int>
    private let observer: (any ServerObserver)?

    /// Creates a queue that rings `bell` when it is no longer empty.
    ///
    /// - Parameters:
    ///   - level: the least severe level that is logged.
    ///   - bell: the bell.
    ///   - observer: gets events about clients, and errors, beside the journal.
    package init(level: LogLevel, bell: EventBell, observer: (any ServerObserver)? = nil) {
        self.level = Atomic(level.priority)
        self.observer = observer
        self.bell = bell
    }

    /// Whether an event of this level is logged; to be checked before one is built.
    package func wants(_ level: LogLevel) -> Bool {
        level.priority <= self.level.load(ordering: .relaxed)
    }

    /// Changes the level; from any thread.
    package func want(_ level: LogLevel) {
        self.level.store(level.priority, ordering: .relaxed)
    }

    /// Queues an event if its level is logged; from any thread, never waits.
    package func post(_ event: ServerEvent) {
        guard wants(event.level) else { return }
        if event.level == .error, event.client == nil { observe { $0.failed(event) } }
        let mustRing = content.withLock { content in
            guard content.events.count < EventQueue.capacity else {
                content.dropped += 1
                return false
            }
            content.events.append(event)
            return content.events.count == 1
        }
        if mustRing { bell.ring() }
    }

    /// Calls the observer if it is watching: without one, nothing is built for it.
    func observe(_ call: (any ServerObserver) -> Void) {
        if let observer, observer.isWatching { call(observer) }
    }

    /// Takes all events and the number of those that found no room.
    package func takeAll() -> (events: [ServerEvent], dropped: Int) {
        content.withLock { content in
            defer { content = Content() }
            return (content.events, content.dropped)
        }
    }
}
