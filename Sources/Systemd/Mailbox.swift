internal import Glibc

/// The messages that still have to go to systemd, between the thread that has news and the one that
/// may wait for systemd.
///
/// Holds one message of a kind at most, the newest, but for those about descriptors, of which none is
/// lost: so its length is bounded by the number of kinds and of listeners.
@safe final class Mailbox: @unchecked Sendable {
    // Sendable because what is mutable is only reached between lock and unlock of `mutex`. A pthread
    // mutex because ThreadSanitizer does not understand `Synchronization.Mutex`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var pending: [Notification] = []
    private var isSending = false
    private var isClosed = false

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
        lock()
        defer { unlock() }
        pending.removeAll { message.supersedes($0) }
        pending.append(message)
        unsafe pthread_cond_broadcast(changed)
    }

    /// Waits for the next message, in the order they were put.
    ///
    /// The caller has sent the one before when it asks for another.
    ///
    /// - Returns: nil once the mailbox is closed and empty.
    func take() -> Notification? {
        lock()
        defer { unlock() }
        isSending = false
        unsafe pthread_cond_broadcast(changed)
        // No `inout` access may span a wait: the optimizer takes it for exclusive and would look at
        // `pending` only once.
        while pending.isEmpty {
            guard !isClosed else { return nil }
            unsafe pthread_cond_wait(changed, mutex)
        }
        isSending = true
        return pending.removeFirst()
    }

    /// Lets ``take()`` return nil when nothing is left.
    func close() {
        lock()
        defer { unlock() }
        isClosed = true
        unsafe pthread_cond_broadcast(changed)
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
        lock()
        defer { unlock() }
        while !pending.isEmpty || isSending {
            let code = unsafe pthread_cond_timedwait(changed, mutex, &deadline)
            guard code != ETIMEDOUT else { return pending.isEmpty && !isSending }
        }
        return true
    }

    private func lock() { unsafe pthread_mutex_lock(mutex) }

    private func unlock() { unsafe pthread_mutex_unlock(mutex) }
}
