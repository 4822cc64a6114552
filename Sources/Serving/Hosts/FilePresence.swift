internal import Glibc

/// What the system knows of files and of this machine.
enum FilePresence {
    /// Whether there is a file, readable or not, for the effective user: `check` as root looks with the
    /// rights of another one.
    static func exists(_ path: String) -> Bool {
        unsafe faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0 || errno != ENOENT
    }

    /// Where systemd keeps the credentials of this service, nil when it has none.
    static var credentials: String? {
        unsafe getenv("CREDENTIALS_DIRECTORY").map { unsafe String(cString: $0) }
    }

    /// The name of this machine, empty when it has none.
    static var machineName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
}
