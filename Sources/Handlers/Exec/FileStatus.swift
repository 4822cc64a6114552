internal import Glibc
internal import NetworkTypes

/// The result of stat(2).
enum FileStatus {
    /// The file exists, with this mode.
    case found(Mode)
    /// stat(2) failed, for this reason.
    case missing(String)

    /// The type and the permissions of a file.
    struct Mode {
        fileprivate let bits: mode_t

        var isDirectory: Bool { bits & S_IFMT == S_IFDIR }
        /// Somebody may execute it.
        var isExecutable: Bool { bits & 0o111 != 0 }
    }

    /// Calls stat(2).
    init(_ path: String) {
        var status = stat()
        if unsafe stat(path, &status) == 0 {
            self = .found(Mode(bits: status.st_mode))
        } else {
            self = .missing(FileStatus.lastReason)
        }
    }

    /// Why this process may not execute a file, nil when it may.
    ///
    /// It checks the effective user, as execve(2) does; access(2) checks the real one.
    static func obstacle(_ path: String) -> String? {
        unsafe faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 ? nil : lastReason
    }

    private static var lastReason: String { UnixUser.reason(errno) }
}
