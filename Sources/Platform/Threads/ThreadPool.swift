internal import Synchronization

/// A few threads for work that blocks, such as name resolution; started when they are needed.
///
/// A thread that has had nothing to do stays: it costs nothing but its stack's address space.
package final class ThreadPool: Sendable {
    private struct State {
        var jobs = Queue<@Sendable () -> Void>()
        var count = 0
        var idle = 0
        var isStopped = false
    }

    private let name: String
    private let threadLimit: Int
    private let queueLimit: Int
    private let state = Lock(State())
    private let bell: EventBell

    /// Creates a pool without threads.
    ///
    /// - Parameters:
    ///   - name: what ps(1) shows for its threads.
    ///   - threads: how many jobs run at a time.
    ///   - queue: how many wait for that.
    /// - Throws: eventfd(2).
    package init(name: String, threads: Int, queue: Int) throws(SystemError) {
        self.name = name
        threadLimit = threads
        queueLimit = queue
        bell = try EventBell(countsRings: true)
    }

    /// Runs a job on one of the threads; from any thread.
    ///
    /// - Returns: false when the queue is full, no thread could be started, or the pool was stopped.
    package func perform(_ job: @escaping @Sendable () -> Void) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isStopped, state.jobs.count < queueLimit else { return false }
            if state.idle <= state.jobs.count, state.count < threadLimit {
                do throws(SystemError) {
                    // Nobody joins it: a resolver that hangs must not delay the exit of the daemon.
                    try Thread(name: name) { self.work() }.detach()
                    state.count += 1
                    state.idle += 1
                } catch {
                    if state.count == 0 { return false }
                }
            }
            state.jobs.append(job)
            return true
        }
        if isTaken { bell.ring() }
        return isTaken
    }

    /// Refuses new jobs and drops waiting ones; each thread exits after its job.
    package func stop() {
        let count = state.withLock { state in
            state.isStopped = true
            state.jobs = Queue()
            return state.count
        }
        for _ in 0..<count { bell.ring() }
    }

    private func work() {
        while true {
            bell.wait()
            let (job, isStopped) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
                guard let job = state.jobs.popFirst() else { return (nil, state.isStopped) }
                state.idle -= 1
                return (job, false)
            }
            if isStopped { return }
            guard let job else { continue }
            job()
            state.withLock { $0.idle += 1 }
        }
    }
}
