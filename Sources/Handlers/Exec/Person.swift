internal import Glibc

/// A user of this machine, looked up when the host starts: passwd(5), or wherever nsswitch.conf(5)
/// leads.
struct Person {
    /// The login name.
    let name: String
    /// Its number.
    let user: UInt32
    /// The number of its login group.
    let group: UInt32
    /// Its home directory.
    let home: String
    /// Its shell.
    let shell: String

    /// The groups that one user may have, and the launcher sets: NGROUPS_MAX is more than anybody has.
    private static let mostGroups = 1_024

    /// Finds a user by name, or by number (getpwnam(3), getpwuid(3)).
    ///
    /// The lookup shares a buffer in libc: hosts start on one thread.
    init?(_ text: String) {
        let entry = unsafe UInt32(text).map { unsafe getpwuid($0) } ?? getpwnam(text)
        guard let entry = unsafe entry else { return nil }
        name = unsafe String(cString: entry.pointee.pw_name)
        user = unsafe entry.pointee.pw_uid
        group = unsafe entry.pointee.pw_gid
        home = unsafe String(cString: entry.pointee.pw_dir)
        shell = unsafe String(cString: entry.pointee.pw_shell)
    }

    /// All groups it is in, and `group` (getgrouplist(3)).
    func groups(with group: UInt32) -> [UInt32] {
        var groups = [UInt32](repeating: 0, count: Person.mostGroups)
        var count = CInt(groups.count)
        _ = unsafe getgrouplist(name, group, &groups, &count)
        return Array(groups.prefix(min(Int(count), Person.mostGroups)))
    }

    /// Finds a group by name, or by number (getgrnam(3)).
    static func group(_ text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        guard let entry = unsafe getgrnam(text) else { return nil }
        return unsafe entry.pointee.gr_gid
    }
}
