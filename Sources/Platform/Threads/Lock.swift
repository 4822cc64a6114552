internal import CLinux

/// A mutual exclusion lock around state that several threads touch.
///
/// A pthread mutex and not `Synchronization.Mutex`: ThreadSanitizer does not understand the futex
/// calls of the latter and reports races that are none.
@safe package final class Lock<State>: @unchecked Sendable {
    // Sendable because `state` is only reached between lock and unlock.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var state: State

    /// Guards a value.
    package init(_ state: sending State) {
        unsafe mutex = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        self.state = state
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Runs `body` while no other thread is inside; keep it short.
    package func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&state)
    }
}
