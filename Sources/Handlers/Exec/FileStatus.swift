internal import Glibc
internal import NetworkTypes

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

    /// Why this process may not execute a file, nil when it may: the effective user, whose rights
    /// execve(2) asks for, and not the real one of access(2).
    static func obstacle(_ path: String) -> String? {
        unsafe faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 ? nil : lastReason
    }

    private static var lastReason: String { UnixUser.reason(errno) }
}
