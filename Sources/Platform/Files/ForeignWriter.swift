internal import Glibc

/// Somebody who is neither root nor this process's user and can put another file in the place of one
/// that this process makes or trusts: who may write to a directory on the way to it.
///
/// Each directory on the way counts, those that symbolic links lead through too. In one with the sticky
/// bit, such as /tmp, it is only its owner and the owner of the next name who can (unlink(2)).
package struct ForeignWriter: Hashable, Sendable, CustomStringConvertible {
    /// The directory, link or file that is open to them.
    package let path: String
    /// Who they are, such as `belongs to user bob`.
    private let reason: String

    /// `/srv/app belongs to user bob`, `/srv can be written by group www-data`.
    package var description: String { "\(path) \(reason)" }

    /// Looks along the way to a file, with the effective user as oneself (path_resolution(7)).
    ///
    /// The way may end early, where a name is missing.
    ///
    /// - Parameters:
    ///   - path: where the way leads.
    ///   - includesFile: whether who may write to the file itself counts, too.
    /// - Returns: the first that is found, nil where nobody can.
    package static func find(onWayTo path: String, includesFile: Bool = false) -> ForeignWriter? {
        var found: ForeignWriter?
        var last = path
        let end = PathWalk.forEachStep(to: path) { name, directory in
            last = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
            if found == nil { found = writer(of: directory, replacing: last) }
        }
        if let found { return found }
        if let end { return writer(of: end, replacing: nil) }
        return includesFile ? writer(of: last, replacing: nil) : nil
    }

    /// Who may write to a directory or file; `entry` is the name in the directory that is at stake.
    private static func writer(of path: String, replacing entry: String?) -> ForeignWriter? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        if let owner = foreignOwner(status) {
            return ForeignWriter(path: path, reason: "belongs to \(owner)")
        }
        let isSticky = status.st_mode & S_IFMT == S_IFDIR && status.st_mode & S_ISVTX != 0
        guard !isSticky else {
            guard let entry, unsafe lstat(entry, &status) == 0 else { return nil }
            return foreignOwner(status).map {
                ForeignWriter(path: entry, reason: "belongs to \($0)")
            }
        }
        if status.st_mode & S_IWOTH != 0 {
            return ForeignWriter(path: path, reason: "can be written by everybody")
        }
        guard status.st_mode & S_IWGRP != 0, status.st_gid != 0, status.st_gid != getegid() else {
            return nil
        }
        let name = unsafe getgrgid(status.st_gid).map { unsafe String(cString: $0.pointee.gr_name) }
        let group = name ?? "\(status.st_gid)"
        guard !distributionGroups.contains(group) else { return nil }
        return ForeignWriter(path: path, reason: "can be written by group \(group)")
    }

    /// To these Debian and Ubuntu give /usr/local and /var/log: nobody is in them without being told to
    /// administer the machine.
    private static let distributionGroups: Set = ["staff", "syslog"]

    private static func foreignOwner(_ status: stat) -> String? {
        guard status.st_uid != 0, status.st_uid != geteuid() else { return nil }
        let name = unsafe getpwuid(status.st_uid).map { unsafe String(cString: $0.pointee.pw_name) }
        return "user \(name ?? "\(status.st_uid)")"
    }
}
