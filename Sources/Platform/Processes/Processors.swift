internal import CLinux

/// The processors of the machine.
package enum Processors {
    /// How many this process may use (sched_getaffinity(2)); from any thread.
    package static var usable: Int { Int(clinux_usable_processors()) }
}
