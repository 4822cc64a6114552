internal import Platform

/// The unsent messages to systemd, between the threads that have news and the one that sends.
///
/// Holds at most one message of a kind, the newest. Messages about descriptors are all kept: the number of
/// listeners bounds them.
final class Mailbox: Sendable {
    private struct State {
        var pending: [Notification] = []
        var isSending = false
        var isClosed = false

        var isSent: Bool { pending.isEmpty && !isSending }
    }

    private let state = Lock(State())
    /// Rings for a new message, and when the mailbox is closed.
    private let arrival: EventBell
    /// Rings when every message has been sent.
    private let completion: EventBell

    init() throws(SystemError) {
        arrival = try EventBell()
        completion = try EventBell()
    }

    /// Adds a message and drops unsent ones that it supersedes.
    func put(_ message: Notification) {
        state.withLock { state in
            state.pending.removeAll { message.supersedes($0) }
            state.pending.append(message)
        }
        arrival.ring()
    }

    /// Waits for the next message, in the order of ``put(_:)``, for the one thread that sends.
    ///
    /// Each call means that the message before it has been sent.
    ///
    /// - Returns: nil once the mailbox is closed and empty.
    func take() -> Notification? {
        while true {
            let (message, isClosed) = state.withLock { state in
                state.isSending = !state.pending.isEmpty
                let message = state.isSending ? state.pending.removeFirst() : nil
                return (message, state.isClosed)
            }
            if let message { return message }
            completion.ring()
            if isClosed { return nil }
            arrival.wait()
        }
    }

    /// Makes ``take()`` return nil when nothing is left.
    func close() {
        state.withLock { $0.isClosed = true }
        arrival.ring()
    }

    /// Waits until every message has been sent, at most `limit`; for one thread at a time.
    ///
    /// - Returns: whether everything was sent.
    func waitUntilSent(within limit: Duration) -> Bool {
        let deadline = MonotonicClock.now() &+ UInt64(clamping: limit.nanoseconds)
        while !state.withLock({ $0.isSent }) {
            let now = MonotonicClock.now()
            guard now < deadline else { return false }
            completion.wait(upTo: .nanoseconds(Int64(clamping: deadline - now)))
        }
        return true
    }
}
