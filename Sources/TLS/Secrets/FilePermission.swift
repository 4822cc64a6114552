internal import Glibc
internal import NetworkTypes

/// What to do about a file that this process may not read.
package enum FilePermission {
    /// The user and the group that the service runs as.
    private static let service = "icshostd"

    /// Whom setfacl(1) lets in: the group of the service, or this other user.
    package static func subject(_ user: String) -> String {
        user == service || user == "root" ? "g:\(service)" : "u:\(user)"
    }

    /// The user whose rights this process has now.
    private static var user: String { UnixUser.name(of: geteuid()) }

    /// The commands that let the service read a file, nil when nothing stands in its way now.
    ///
    /// A directory on the way counts too: those of certbot are for root alone. Of two such, the
    /// second is only seen once the first is open.
    static func remedy(for path: String) -> String? {
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

    /// The first directory on the way to a file that may not be entered.
    private static func closedDirectory(on path: String) -> String? {
        var directory = path.hasPrefix("/") ? "/" : "."
        for part in path.split(separator: "/").dropLast() {
            directory = directory == "/" ? "/\(part)" : "\(directory)/\(part)"
            if !allows(directory, X_OK), errno == EACCES { return directory }
        }
        return nil
    }

    /// The command that lets the service enter a directory, and watch it: inotify(7) wants what listing
    /// it does.
    package static func remedy(forDirectory path: String) -> String {
        "setfacl -m \(subject(user)):rx \(quoted(path))"
    }

    /// Whether the effective user may, whose rights open(2) asks for: access(2) asks for the real one's.
    private static func allows(_ path: String, _ mode: CInt) -> Bool {
        unsafe faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0
    }

    /// The path behind symbolic links, as far as it can be seen: glibc leaves that much behind when
    /// realpath(3) fails.
    private static func resolved(_ path: String) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let isWhole = unsafe realpath(path, &buffer) != nil
        guard isWhole || errno == EACCES else { return path }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The path as a shell takes it.
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
