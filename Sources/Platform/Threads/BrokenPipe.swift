internal import CLinux
internal import Glibc

/// SIGPIPE, whose default ends the process: a write to a peer that is gone has to be an error instead.
///
/// send(2) has MSG_NOSIGNAL for that; sendfile(2), splice(2) and write(2) have nothing. The kernel sends the
/// signal to the thread that writes (signal(7)), so it is enough that this thread blocks it. What the process
/// does with the signal elsewhere is not changed.
package enum BrokenPipe {
    /// Blocks the signal on the calling thread, and on the threads that it starts, for good.
    package static func block() {
        var signals = set
        _ = unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Blocks the signal on the calling thread while a closure runs, and drops the one that it caused.
    package static func blocked<Result>(during body: () throws -> Result) rethrows -> Result {
        var signals = set
        var previous = sigset_t()
        let wasPending = isPending
        _ = unsafe pthread_sigmask(SIG_BLOCK, &signals, &previous)
        defer {
            // Only while it stays blocked can it wait from before, and then it is not ours.
            if !wasPending { drop() }
            _ = unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
        }
        return try body()
    }

    /// Whether the signal waits for the calling thread or for the process.
    package static var isPending: Bool {
        var pending = sigset_t()
        return unsafe sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1
    }

    private static func drop() {
        var signals = set
        var now = timespec()
        while unsafe sigtimedwait(&signals, nil, &now) < 0, errno == EINTR {}
    }

    private static var set: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGPIPE)
        return set
    }
}
