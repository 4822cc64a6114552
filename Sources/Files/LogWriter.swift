internal import Glibc
internal import Platform

/// Writes the access logs of a server, on one thread as long as no disk hangs.
///
/// Theory of operation: a log whose first line has come is scheduled; the thread wakes, waits a moment for
/// more lines, and writes all logs that are scheduled, one after the other. When one write does not
/// come back, whoever schedules the next log starts a thread that takes over all but that log; the one
/// that hangs ends when it comes back.
package final class LogWriter: Sendable {
    /// How long a line waits for others before it is written.
    static let delay = Duration.milliseconds(500)
    /// How long one log may take before another thread writes the others.
    static let patience = Duration.seconds(2)
    /// The threads there may be, all but one of them in writes that do not come back.
    static let threadLimit = 8

    private struct State {
        var logs: [LogFile] = []
        var bell: EventBell?
        /// The number of the thread that writes, 0 as long as none does.
        var thread = 0
        /// The threads before it that have not come back.
        var hanging = 0
        /// What is being written, and since when in nanoseconds.
        var current: (log: LogFile, since: UInt64)?
        var listener: (@Sendable (_ owner: String, LogNews) -> Void)?
    }

    private let state = Lock(State())

    /// Creates a writer, whose thread starts with the first line and lasts as long as the process.
    package init() {}

    /// Hears what becomes of logs, on the thread that writes them; `owner` is whose log it is.
    package func listen(_ listener: @escaping @Sendable (_ owner: String, LogNews) -> Void) {
        state.withLock { $0.listener = listener }
    }

    /// Tells whoever listens.
    func tell(_ owner: String, _ news: LogNews) {
        let listener = state.withLock { $0.listener }
        listener?(owner, news)
    }

    /// Writes what waits in all logs, on the calling thread.
    package func writeAll() {
        while let log = state.withLock({ $0.logs.isEmpty ? nil : $0.logs.removeFirst() }) {
            log.write()
        }
    }

    /// Lets a log be written a moment from now.
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

    /// Without a thread the lines wait until their limit; the next first line tries again.
    ///
    /// - Returns: whether there is a new thread.
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

    /// The next log for a thread to write; nil when there is none, or another thread writes them.
    private func take(for number: Int) -> LogFile? {
        // Let go of outside the lock: with its last reference a log writes what it has, and tells.
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

    /// Whether a thread is still the one that writes; it ends otherwise.
    private func goesOn(_ number: Int) -> Bool {
        state.withLock { state in
            if state.thread != number { state.hanging -= 1 }
            return state.thread == number
        }
    }
}
