internal import Glibc
internal import NetworkTypes
internal import TextFormats

/// Remedies for files that this process cannot read.
package enum FilePermission {
    /// The user and the group that the service runs as.
    private static var service: String { ProgramIdentity.command }

    /// The subject for setfacl(1): the group of the service, or this other user.
    package static func subject(_ user: String) -> String {
        user == service || user == "root" ? "g:\(service)" : "u:\(user)"
    }

    /// The effective user of this process.
    private static var user: String { UnixUser.name(of: geteuid()) }

    /// The commands that let the service read a file; nil when it can read it now.
    ///
    /// The directories of the path count too: those of certbot are for root alone. Of two unreadable ones,
    /// the second is only found once the first is readable.
    package static func remedy(for path: String) -> String? {
        guard !allows(path, R_OK) else { return nil }
        let file = quoted(path)
        let subject = subject(user)
        let isOther = subject.hasPrefix("u:")
        let command = "setfacl -m \(subject):r \(file)"
        let start = "let the \(isOther ? "user \(user)" : "group \(service)") read it: "
        if let directory = closedDirectory(on: resolved(path)) {
            return "\(start)\(remedy(forDirectory: directory)) && \(command)"
        }
        return start + command
            + (isOther ? "" : ", or chgrp \(service) \(file) && chmod g+r \(file)")
    }

    /// The first directory of the path that this process cannot enter.
    private static func closedDirectory(on path: String) -> String? {
        var directory = path.hasPrefix("/") ? "/" : "."
        for part in path.split(separator: "/").dropLast() {
            directory = directory == "/" ? "/\(part)" : "\(directory)/\(part)"
            if !allows(directory, X_OK), errno == EACCES { return directory }
        }
        return nil
    }

    /// The command that lets the service enter and watch a directory: inotify(7) requires read permission.
    package static func remedy(forDirectory path: String) -> String {
        "setfacl -m \(subject(user)):rx \(quoted(path))"
    }

    /// Checks for the effective user, as open(2) does; access(2) checks for the real one.
    private static func allows(_ path: String, _ mode: CInt) -> Bool {
        unsafe faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0
    }

    /// The path with symbolic links resolved, as far as possible: glibc returns that much when realpath(3)
    /// fails.
    private static func resolved(_ path: String) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let isWhole = unsafe realpath(path, &buffer) != nil
        guard isWhole || errno == EACCES else { return path }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The path quoted for a shell.
    private static func quoted(_ path: String) -> String {
        let plain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return plain ? path : "'\(path.replacing("'", with: "'\\''"))'"
    }
}
