internal import Glibc

/// The clock that deadlines are counted by: it never steps, and stands still while the machine sleeps.
package enum MonotonicClock {
    /// Nanoseconds of CLOCK_MONOTONIC (clock_gettime(2)); from any thread.
    package static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// The time of day.
package enum RealTime {
    /// The second since 1970 in which something happened so long ago: the same one whenever it is asked for, unless the
    /// clock is set.
    package static func seconds(nanosecondsAgo: UInt64) -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        let (seconds, rest) = nanosecondsAgo.quotientAndRemainder(dividingBy: 1_000_000_000)
        return time.tv_sec - Int(seconds) - (time.tv_nsec < Int(rest) ? 1 : 0)
    }
}

extension Duration {
    /// The whole nanoseconds, clamped to the range.
    package var nanoseconds: Int64 {
        // Up to 18 s: without a division of 128 bits, for each read may set a deadline.
        if let short = UInt64(exactly: attoseconds) { return Int64(short / 1_000_000_000) }
        return Int64(clamping: attoseconds / 1_000_000_000)
    }
}
