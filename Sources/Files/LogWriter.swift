internal import Glibc
internal import Platform

/// Writes the access logs of a server, on one thread as long as no disk hangs.
///
/// Theory of operation: a log is scheduled with its first queued line; the thread wakes, waits a moment for
/// more lines, and writes all scheduled logs, one after the other. When a write hangs, the next call that
/// schedules a log starts a thread that takes over all the other logs; the hanging thread exits when its
/// write returns.
package final class LogWriter: Sendable {
    /// How long a line waits for others before it is written.
    static let delay = Duration.milliseconds(500)
    /// How long a write may take before another thread writes the other logs.
    static let patience = Duration.seconds(2)
    /// The most threads; all but one of them are in writes that hang.
    static let threadLimit = 8

    private struct State {
        var logs: [LogFile] = []
        var bell: EventBell?
        /// The number of the writing thread, 0 for none.
        var thread = 0
        /// The number of earlier threads whose writes hang.
        var hanging = 0
        /// The log that is being written, and the start time in nanoseconds.
        var current: (log: LogFile, since: UInt64)?
        var listener: (@Sendable (_ owner: String, LogNews) -> Void)?
    }

    private let state = Lock(State())

    /// Creates a writer, whose thread starts with the first line and lasts as long as the process.
    package init() {}

    /// Sets the receiver of log events, called on the writing thread; `owner` is the log's.
    package func listen(_ listener: @escaping @Sendable (_ owner: String, LogNews) -> Void) {
        state.withLock { $0.listener = listener }
    }

    /// Passes an event to the receiver.
    func tell(_ owner: String, _ news: LogNews) {
        let listener = state.withLock { $0.listener }
        listener?(owner, news)
    }

    /// Writes the queues of all logs, on the calling thread.
    package func writeAll() {
        while let log = state.withLock({ $0.logs.isEmpty ? nil : $0.logs.removeFirst() }) {
            log.write()
        }
    }

    /// Schedules a log to be written a moment from now.
    func schedule(_ log: LogFile) {
        let silent: LogFile? = state.withLock { state in
            state.logs.append(log)
            guard state.thread > 0 else {
                _ = start(&state)
                return nil
            }
            state.bell?.ring()
            guard let current = state.current, state.hanging < LogWriter.threadLimit - 1,
                MonotonicClock.now() &- current.since
                    > UInt64(clamping: LogWriter.patience.nanoseconds)
            else { return nil }
            guard start(&state) else { return nil }
            state.hanging += 1
            state.current = nil
            return current.log
        }
        silent?.tellOfSilence()
    }

    /// Starts a thread; if that fails, lines wait in the queue and the next first line retries.
    ///
    /// - Returns: whether a thread was started.
    private func start(_ state: inout State) -> Bool {
        let number = state.thread + 1
        do {
            let bell = try state.bell ?? EventBell()
            bell.ring()
            try Thread(name: "access-logs") { self.run(bell, number) }.detach()
            (state.bell, state.thread) = (bell, number)
            return true
        } catch {
            return false
        }
    }

    private func run(_ bell: EventBell, _ number: Int) {
        while true {
            bell.wait()
            // In range: a constant.
            usleep(useconds_t(LogWriter.delay.nanoseconds / 1_000))
            while let log = take(for: number) { log.write() }
            guard goesOn(number) else { return }
        }
    }

    /// The next log for a thread to write; nil for none, or when another thread has taken over.
    private func take(for number: Int) -> LogFile? {
        // Released outside the lock: on its last reference a log writes its queue and reports.
        var done: LogFile?
        defer { withExtendedLifetime(done) {} }
        return state.withLock { state in
            guard state.thread == number else { return nil }
            done = state.current?.log
            state.current = nil
            guard !state.logs.isEmpty else { return nil }
            let log = state.logs.removeFirst()
            state.current = (log, MonotonicClock.now())
            return log
        }
    }

    /// Whether a thread is still the writing one; it exits otherwise.
    private func goesOn(_ number: Int) -> Bool {
        state.withLock { state in
            if state.thread != number { state.hanging -= 1 }
            return state.thread == number
        }
    }
}
