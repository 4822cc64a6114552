internal import CLinux
internal import Glibc

/// Wakes a waiting thread (eventfd(2)).
package final class EventBell: Sendable {
    private let descriptor: FileDescriptor

    /// Creates a bell that has not rung.
    ///
    /// - Parameter countsRings: whether each ring wakes one thread, instead of all rings together
    ///   one thread.
    /// - Throws: eventfd(2).
    package init(countsRings: Bool = false) throws(SystemError) {
        let flags = CInt(EFD_CLOEXEC) | (countsRings ? CInt(EFD_SEMAPHORE) : 0)
        descriptor = try FileDescriptor(eventfd(0, flags), from: "eventfd")
    }

    /// Wakes the waiting thread, or the next one to wait; from any thread.
    package func ring() {
        var one: UInt64 = 1
        // Blocks only at 2^64 - 2 unheard rings.
        _ = unsafe write(descriptor.number, &one, 8)
    }

    /// Waits for a ring, one thread at a time.
    ///
    /// - Parameter limit: how long at most.
    /// - Returns: whether it rang.
    @discardableResult
    package func wait(upTo limit: Duration) -> Bool {
        let end = MonotonicClock.now() &+ UInt64(clamping: limit.nanoseconds)
        while true {
            let now = MonotonicClock.now()
            var entry = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
            let rest = now < end ? (end - now) / 1_000_000 + 1 : 0
            if unsafe poll(&entry, 1, Int32(clamping: rest)) > 0 { break }
            if rest == 0 { return false }
        }
        wait()
        return true
    }

    /// Waits for a ring.
    package func wait() {
        var count: UInt64 = 0
        while unsafe read(descriptor.number, &count, 8) < 0, errno == EINTR {}
    }
}
