internal import Glibc

/// The messages that still have to go to systemd, between the thread that has news and the one that
/// may wait for systemd.
///
/// Holds one message of a kind at most, the newest, so its length is bounded by the number of kinds.
@safe final class Mailbox: @unchecked Sendable {
    // Sendable because `state` is only reached between lock and unlock of `mutex`. A pthread mutex
    // because ThreadSanitizer does not understand `Synchronization.Mutex`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var state = State()

    private struct State {
        var pending: [Notification] = []
        var isSending = false
        var isClosed = false

        var isIdle: Bool { pending.isEmpty && !isSending }
    }

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe changed = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// Adds a message and forgets an unsent one that it supersedes.
    func put(_ message: Notification) {
        withLock { state in
            state.pending.removeAll { message.supersedes($0) }
            state.pending.append(message)
        }
    }

    /// Waits for the next message, in the order they were put.
    ///
    /// The caller has sent the one before when it asks for another.
    ///
    /// - Returns: nil once the mailbox is closed and empty.
    func take() -> Notification? {
        withLock { state in
            state.isSending = false
            unsafe pthread_cond_broadcast(changed)
            while state.pending.isEmpty {
                guard !state.isClosed else { return nil }
                unsafe pthread_cond_wait(changed, mutex)
            }
            state.isSending = true
            return state.pending.removeFirst()
        }
    }

    /// Lets ``take()`` return nil when nothing is left.
    func close() {
        withLock { state in state.isClosed = true }
    }

    /// Waits until every message has been sent, for `limit` at most.
    ///
    /// - Returns: whether everything was sent.
    func waitUntilSent(within limit: Duration) -> Bool {
        var deadline = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
        let (seconds, attoseconds) = limit.components
        let nanoseconds = deadline.tv_nsec + Int(attoseconds / 1_000_000_000)
        deadline.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        return withLock { state in
            while !state.isIdle {
                let code = unsafe pthread_cond_timedwait(changed, mutex, &deadline)
                guard code != ETIMEDOUT else { return state.isIdle }
            }
            return true
        }
    }

    private func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer {
            unsafe pthread_cond_broadcast(changed)
            unsafe pthread_mutex_unlock(mutex)
        }
        return body(&state)
    }
}
