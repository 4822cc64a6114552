internal import Platform

/// The events that a consumer has not taken yet: bounded, so that what posts them never waits.
final class EventBuffer: Sendable {
    private let limit: Int
    private let content = Lock(Content())

    private struct Content {
        var events = Queue<SocketServer.Event>()
        /// Events that were dropped behind those.
        var dropped = 0
        var isFinished = false
        /// The consumer, which only waits while there is nothing to take.
        var waiting: CheckedContinuation<SocketServer.Event?, Never>?

        mutating func append(_ event: SocketServer.Event, limit: Int) {
            let room = limit - events.count
            if dropped > 0, room > 1 {
                events.append(.dropped(dropped))
                dropped = 0
            }
            if dropped == 0, room > 0 { events.append(event) } else { dropped += 1 }
        }

        mutating func popFirst() -> SocketServer.Event? {
            if let event = events.popFirst() { return event }
            guard dropped > 0 else { return nil }
            defer { dropped = 0 }
            return .dropped(dropped)
        }
    }

    init(limit: Int) {
        self.limit = limit
    }

    /// From any thread.
    func append(_ event: SocketServer.Event) {
        let waiting = content.withLock { content in
            guard let waiting = content.waiting.take() else {
                content.append(event, limit: limit)
                return nil as CheckedContinuation<SocketServer.Event?, Never>?
            }
            return waiting
        }
        waiting?.resume(returning: event)
    }

    /// Ends the sequence behind the last event.
    func finish() {
        let waiting = content.withLock { content in
            content.isFinished = true
            return content.waiting.take()
        }
        waiting?.resume(returning: nil)
    }

    /// Waits for the next event; one task at a time.
    func next() async -> SocketServer.Event? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = Task.isCancelled
                let found: SocketServer.Event?? = content.withLock { content in
                    if let event = content.popFirst() { return .some(event) }
                    if isOver || content.isFinished { return .some(nil) }
                    precondition(content.waiting == nil, "one task at a time takes events")
                    content.waiting = continuation
                    return nil
                }
                if let found { continuation.resume(returning: found) }
            }
        } onCancel: {
            let waiting = content.withLock { $0.waiting.take() }
            waiting?.resume(returning: nil)
        }
    }
}
