internal import CLinux
internal import Glibc

/// How many descriptors this process may have open (`RLIMIT_NOFILE`, getrlimit(2)).
package struct FileLimit: Hashable, Sendable {
    /// What the kernel enforces now.
    package let soft: UInt64
    /// How far the process may raise it.
    package let hard: UInt64

    /// Reads the limit of this process.
    package static func current() throws(SystemError) -> FileLimit {
        var raw = rlimit()
        guard unsafe clinux_get_file_limit(&raw) == 0 else { throw .last("getrlimit") }
        return FileLimit(soft: UInt64(raw.rlim_cur), hard: UInt64(raw.rlim_max))
    }

    /// The first number of descriptors that are not for clients.
    ///
    /// - Parameter count: how many are for the rest of the program.
    /// - Returns: the number; the highest there is where the limit is unknown.
    package static func ceiling(reserving count: CInt) -> CInt {
        guard let limit = try? current() else { return .max }
        return CInt(clamping: limit.soft) - count
    }

    /// Whether the next descriptor of this process would have a number below `ceiling`.
    ///
    /// The kernel gives the lowest free number, so opening one shows how many are open.
    package static func hasRoom(below ceiling: CInt) -> Bool {
        let lowest = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
        guard lowest >= 0 else { return errno == EBADF }
        _ = close(lowest)
        return lowest < ceiling
    }

    /// Raises the soft limit to the hard one and returns both as they are then.
    package static func raise() throws(SystemError) -> FileLimit {
        let before = try current()
        var raw = rlimit(rlim_cur: rlim_t(before.hard), rlim_max: rlim_t(before.hard))
        guard unsafe clinux_set_file_limit(&raw) == 0 else { throw .last("setrlimit") }
        return try current()
    }
}
