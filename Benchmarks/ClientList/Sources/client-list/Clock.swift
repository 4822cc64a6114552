import Glibc

/// A clock, in seconds.
func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// A time in ms.
func milliseconds(_ seconds: Double) -> Double { (seconds * 1e6).rounded() / 1000 }
