internal import Glibc

/// What stat(2) says of a path.
enum FileStatus {
    /// It is there, with this mode.
    case found(Mode)
    /// It cannot be found, for this reason.
    case missing(String)

    /// The type and the permissions of a file.
    struct Mode {
        fileprivate let bits: mode_t

        var isDirectory: Bool { bits & S_IFMT == S_IFDIR }
        /// Somebody may execute it.
        var isExecutable: Bool { bits & 0o111 != 0 }
    }

    /// Looks at a path.
    init(_ path: String) {
        var status = stat()
        if unsafe stat(path, &status) == 0 {
            self = .found(Mode(bits: status.st_mode))
        } else {
            self = .missing(FileStatus.lastReason)
        }
    }

    /// Why this process may not execute a file (access(2)), nil when it may.
    static func obstacle(_ path: String) -> String? {
        unsafe access(path, X_OK) == 0 ? nil : lastReason
    }

    private static var lastReason: String { unsafe String(cString: strerror(errno)) }
}
