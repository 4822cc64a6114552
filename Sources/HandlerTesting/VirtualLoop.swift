internal import HandlerAPI
internal import Platform

/// The event loop and the clock of a ``ScriptedServer``.
///
/// Theory of operation: the tasks of all clients prefer this executor, which has no thread. Their jobs run in the
/// order in which they became ready, on the thread of the test, while it calls ``run()``: until all of them
/// wait for a client, for time or for each other. So steps of several clients interleave the same way each time.
final class VirtualLoop: TaskExecutor, @unchecked Sendable {
    // Sendable because the jobs have a lock, and all else is used by the test's thread alone.
    private let jobs = Lock<[UnownedJob]>([])
    private var isRunning = false
    private var timers: [Timer] = []
    /// The time since the beginning.
    private(set) var now = Duration.zero

    private struct Timer {
        let time: Duration
        let action: () -> Void
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Starts a task.
    func start(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: self) { await work() }
    }

    /// Runs all that is ready, and all that gets ready by that; at most so many jobs.
    func run(atMost limit: Int = .max) {
        guard !isRunning else { return }
        isRunning = true
        defer { isRunning = false }
        var left = limit
        while left > 0, let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            left -= 1
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    /// Calls a closure when the clock gets to a time.
    func at(_ time: Duration, _ action: @escaping () -> Void) {
        let index = timers.firstIndex { $0.time > time } ?? timers.endIndex
        timers.insert(Timer(time: time, action: action), at: index)
    }

    /// Lets time pass: what is due comes in its order, and all that is ready runs in between.
    func pass(_ duration: Duration) {
        run()
        let end = now + duration
        while let first = timers.first, first.time <= end {
            timers.removeFirst()
            now = max(now, first.time)
            first.action()
            run()
        }
        now = end
    }
}
