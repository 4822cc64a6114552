internal import EventLoops
internal import Glibc
internal import Synchronization

/// The one thread that writes all access logs of the process.
package final class LogWriter: Sendable {
    /// How long a line waits for others before it is written.
    static let delay = Duration.milliseconds(500)

    /// The one writer; its thread starts with the first line.
    package static let shared = LogWriter()

    private struct State {
        var logs: [LogFile] = []
        var isRunning = false
        var bell: EventBell?
        var listener: (@Sendable (_ owner: String, LogNews) -> Void)?
    }

    private let state = Lock(State())
    private let reopenings = Atomic<Int>(0)

    private init() {}

    /// Counts ``reopenAll()``.
    var generation: Int { reopenings.load(ordering: .relaxed) }

    /// Lets every log open its file anew before its next line, for a program that has renamed them
    /// (SIGUSR1).
    package func reopenAll() { reopenings.add(1, ordering: .relaxed) }

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
        let logs = state.withLock { state in
            defer { state.logs = [] }
            return state.logs
        }
        for log in logs { log.write() }
    }

    /// Lets a log be written a moment from now.
    func schedule(_ log: LogFile) {
        state.withLock { state in
            state.logs.append(log)
            if state.isRunning {
                state.bell?.ring()
            } else {
                start(&state)
            }
        }
    }

    /// Without a thread the lines wait until their limit; the next first line tries again.
    private func start(_ state: inout State) {
        do {
            let bell = try EventBell()
            bell.ring()
            try Thread(name: "access-logs") { LogWriter.run(bell) }.detach()
            state.bell = bell
            state.isRunning = true
        } catch {
            state.isRunning = false
        }
    }

    private static func run(_ bell: EventBell) {
        while true {
            bell.wait()
            usleep(useconds_t(delay.nanoseconds / 1_000))
            shared.writeAll()
        }
    }
}
