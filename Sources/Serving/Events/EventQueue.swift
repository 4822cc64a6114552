package import HandlerAPI
package import Platform
internal import Synchronization

/// The bounded queue of events from one loop to the thread that writes them.
///
/// A loop never waits for the journal: when the queue is full, the event is dropped and counted, and
/// the writer reports the number later.
package final class EventQueue: Sendable {
    /// The maximum number of queued events.
    package static let capacity = 4096

    private struct Content {
        var events: [ServerEvent] = []
        var dropped = 0
    }

    private let content = Lock(Content())
    private let bell: EventBell
    /// The lowest level that is logged, as its number in syslog(3).
    private let level: Atomic<Int>

    /// Creates a queue that rings `bell` when it is not empty any more.
    package init(level: LogLevel, bell: EventBell) {
        self.level = Atomic(level.priority)
        self.bell = bell
    }

    /// Whether events of a level are logged: to be checked before one is created.
    package func wants(_ level: LogLevel) -> Bool {
        level.priority <= self.level.load(ordering: .relaxed)
    }

    /// Changes the lowest level that is logged; from any thread.
    package func want(_ level: LogLevel) {
        self.level.store(level.priority, ordering: .relaxed)
    }

    /// Queues an event if its level is logged; from any thread, never waits.
    package func post(_ event: ServerEvent) {
        guard wants(event.level) else { return }
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

    /// Removes all events, and returns them with the number of those that were dropped.
    package func takeAll() -> (events: [ServerEvent], dropped: Int) {
        content.withLock { content in
            defer { content = Content() }
            return (content.events, content.dropped)
        }
    }
}
