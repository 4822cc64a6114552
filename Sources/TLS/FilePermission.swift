internal import Glibc

/// What to do about a file that this process may not read.
enum FilePermission {
    /// The group that the service runs as.
    private static let group = "icshostd"

    /// The commands that let the service read a file, nil when nothing stands in its way now.
    ///
    /// A directory on the way counts too: those of certbot are for root alone.
    static func remedy(for path: String) -> String? {
        var commands: [String] = []
        var directory = path.hasPrefix("/") ? "/" : "."
        for part in resolved(path).split(separator: "/").dropLast() {
            directory = directory == "/" ? "/\(part)" : "\(directory)/\(part)"
            guard !allows(directory, X_OK), errno == EACCES else { continue }
            commands.append("setfacl -m g:\(group):x \(quoted(directory))")
            // What lies behind it cannot be seen.
            break
        }
        guard !allows(path, R_OK) else { return nil }
        let file = quoted(path)
        commands.append("setfacl -m g:\(group):r \(file)")
        return "let the group \(group) read it: " + commands.joined(separator: " && ")
            + ", or chgrp \(group) \(file) && chmod g+r \(file)"
    }

    /// Whether the effective user may, whose rights open(2) asks for: access(2) asks for the real one's.
    private static func allows(_ path: String, _ mode: CInt) -> Bool {
        unsafe faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0
    }

    /// The path behind symbolic links, as far as it can be seen.
    private static func resolved(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
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
