internal import Glibc
internal import NetworkTypes

/// A configuration file on disk.
package enum ConfigurationFile {
    /// The size of the largest file that is read, in bytes.
    package static let sizeLimit = 64 << 20

    /// The time of the last change (stat(2)), in seconds since 1970; nil when unknown.
    package static func modificationTime(path: String) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return status.st_mtim.tv_sec
    }

    /// How long to wait for a pipe or terminal, in milliseconds.
    static let patience: CInt = 10_000

    /// The role of a file.
    package enum Origin: Sendable {
        /// The file of a command: it may be a pipe, and standard input may be anything.
        case command
        /// A file that another one includes.
        case include
    }

    /// The kind of file at a path.
    private enum Kind {
        case regular, fifo, null
        /// The standard input of this process: a pipe, terminal or socket.
        case input
    }

    /// Reads a whole file, of ``sizeLimit`` bytes at most.
    ///
    /// A pipe without a writer is refused, not waited for. `/dev/null`, a common substitute for an empty
    /// file, is empty. Other special files are not opened, since opening some devices has side effects.
    package static func read(
        path: String, as origin: Origin = .command
    ) throws(ConfigurationFileError) -> [UInt8] {
        guard let kind = try kind(of: path) else {
            throw ConfigurationFileError(path: path, reason: .special)
        }
        if kind == .null { return [] }
        guard kind == .regular || origin == .command else {
            throw ConfigurationFileError(path: path, reason: .special)
        }
        // A socket cannot be opened by its path.
        let file =
            kind == .input
            ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
            : unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { throw ConfigurationFileError(path: path, errno: errno) }
        defer { _ = close(file) }
        guard kind != .regular || isStored(file) else {
            throw ConfigurationFileError(path: path, reason: .special)
        }
        return try read(file, path, kind)
    }

    private static func read(
        _ file: CInt, _ path: String, _ kind: Kind
    ) throws(ConfigurationFileError) -> [UInt8] {
        let mayWait = kind != .regular
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // Shared with other processes, so not set to non-blocking mode: a read could wait forever.
            if kind == .input { try wait(for: file, path) }
            let count = unsafe Glibc.read(file, &buffer, buffer.count)
            if count < 0 {
                if errno == EAGAIN, mayWait {
                    try wait(for: file, path)
                } else if errno != EINTR {
                    throw ConfigurationFileError(path: path, errno: errno)
                }
                continue
            }
            guard count > 0 else {
                guard !bytes.isEmpty || !mayWait else {
                    throw ConfigurationFileError(path: path, reason: .silent)
                }
                return bytes
            }
            guard bytes.count + count <= sizeLimit else {
                throw ConfigurationFileError(path: path, reason: .tooLarge)
            }
            bytes += buffer[..<count]
        }
    }

    /// The kind of file at a path (stat(2)), nil for one that is not read.
    private static func kind(of path: String) throws(ConfigurationFileError) -> Kind? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw ConfigurationFileError(path: path, errno: errno)
        }
        var input = stat()
        let hasInput = unsafe fstat(STDIN_FILENO, &input) == 0
        let isInput =
            hasInput && input.st_dev == status.st_dev && input.st_ino == status.st_ino
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .regular
        case S_IFDIR: throw ConfigurationFileError(path: path, reason: .directory)
        case S_IFCHR where isNull(status): return .null
        case _ where isInput: return .input
        case S_IFIFO: return .fifo
        default: return nil
        }
    }

    private static func isNull(_ status: stat) -> Bool {
        var null = stat()
        return unsafe stat("/dev/null", &null) == 0 && null.st_mode & S_IFMT == S_IFCHR
            && null.st_rdev == status.st_rdev
    }

    /// Whether a file is stored: those of proc(5) are generated, some endlessly.
    private static func isStored(_ file: CInt) -> Bool {
        var (status, kernel) = (stat(), stat())
        guard unsafe fstat(file, &status) == 0 else { return false }
        return unsafe stat("/proc", &kernel) != 0 || status.st_dev != kernel.st_dev
    }

    private static func wait(for file: CInt, _ path: String) throws(ConfigurationFileError) {
        var watched = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&watched, 1, patience) == 0 else { return }
        throw ConfigurationFileError(path: path, reason: .silent)
    }
}

/// A configuration file that cannot be read.
package struct ConfigurationFileError: Error, Hashable, Sendable {
    /// The reason.
    package enum Reason: Hashable, Sendable {
        /// There is no such file.
        case missing
        /// The user may not read it.
        case forbidden
        /// It is a directory.
        case directory
        /// It is not a regular file, or not stored; or it is a pipe where pipes are not read.
        case special
        /// It exceeds ``ConfigurationFile/sizeLimit``.
        case tooLarge
        /// It is a pipe or device that sends no data.
        case silent
        /// Because of its contents, a command cannot find the daemon.
        case contents(String)
        /// Another error number of open(2) or read(2).
        case system(CInt)
    }

    /// The path as it was given.
    package let path: String
    /// The reason.
    package let reason: Reason

    /// Creates an error.
    package init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    init(path: String, errno: CInt) {
        let reason: Reason =
            switch errno {
            case ENOENT, ENOTDIR: .missing
            case EACCES, EPERM: .forbidden
            case EISDIR: .directory
            default: .system(errno)
            }
        self.init(path: path, reason: reason)
    }
}

extension ConfigurationFileError: CustomStringConvertible {
    /// One line for the operator.
    package var description: String {
        "cannot read the configuration \"\(path.printable)\": \(problem)"
    }

    /// The reason, for people.
    package var problem: String {
        switch reason {
        case .missing: "there is no such file"
        case .forbidden: "\(UnixUser.current) may not read it"
        case .directory: "it is a directory"
        case .special: "it is not a regular file"
        case .tooLarge: "it is larger than \(ConfigurationFile.sizeLimit >> 20) MiB"
        case .silent: "reading it timed out"
        case .contents(let message): message
        case .system(let number): unsafe String(cString: strerror(number))
        }
    }
}
