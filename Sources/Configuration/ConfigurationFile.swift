internal import Glibc

/// A configuration file on disk.
package enum ConfigurationFile {
    /// The size of the largest file that is read, in bytes.
    package static let sizeLimit = 64 << 20

    /// When a file was last changed (stat(2)), in seconds since 1970; nil when it cannot be told.
    package static func modificationTime(path: String) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return status.st_mtim.tv_sec
    }

    /// How long a pipe or terminal may stay silent, in milliseconds.
    static let patience: CInt = 10_000

    /// Reads a whole file.
    ///
    /// It may be a pipe such as `/dev/stdin`; one that nobody writes to is refused, not waited for.
    package static func read(path: String) throws(ConfigurationFileError) -> [UInt8] {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { throw ConfigurationFileError(path: path, errno: errno) }
        defer { _ = close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(file, &buffer, buffer.count)
            if count < 0 {
                if errno == EAGAIN {
                    try wait(for: file, path)
                } else if errno != EINTR {
                    throw ConfigurationFileError(path: path, errno: errno)
                }
                continue
            }
            guard count > 0 else {
                guard !bytes.isEmpty || !isPipe(file) else {
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

    private static func wait(for file: CInt, _ path: String) throws(ConfigurationFileError) {
        var watched = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&watched, 1, patience) == 0 else { return }
        throw ConfigurationFileError(path: path, reason: .silent)
    }

    private static func isPipe(_ file: CInt) -> Bool {
        var status = stat()
        return unsafe fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }
}

/// A configuration file that cannot be read, whatever it says.
package struct ConfigurationFileError: Error, Hashable, Sendable {
    /// Why it cannot be read.
    package enum Reason: Hashable, Sendable {
        /// There is no such file.
        case missing
        /// The user may not read it.
        case forbidden
        /// It is a directory.
        case directory
        /// It exceeds ``ConfigurationFile/sizeLimit``.
        case tooLarge
        /// It is a pipe or device that nothing comes from.
        case silent
        /// Another error number of open(2) or read(2).
        case system(CInt)
    }

    /// The path as it was given.
    package let path: String
    /// Why it cannot be read.
    package let reason: Reason

    /// Joins a path with what is wrong with it.
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
        let problem =
            switch reason {
            case .missing: "there is no such file"
            case .forbidden: "this user may not read it"
            case .directory: "it is a directory"
            case .tooLarge: "it is larger than \(ConfigurationFile.sizeLimit >> 20) MiB"
            case .silent: "nothing comes from it"
            case .system(let number): unsafe String(cString: strerror(number))
            }
        return "cannot read the configuration \"\(path.printable)\": \(problem)"
    }
}
