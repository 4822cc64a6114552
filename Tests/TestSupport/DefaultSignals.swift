internal import Glibc

/// SIGPIPE as most programs have it.
package enum DefaultSignals {
    /// Lets a write to a closed pipe end this process; for a process of its own only.
    package static func restore() {
        signal(SIGPIPE, SIG_DFL)
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGPIPE)
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }
}
