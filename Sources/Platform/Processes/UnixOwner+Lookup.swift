internal import Glibc
internal import NetworkTypes

extension UnixOwner {
    /// The number of the user, nil when none is named (getpwnam(3)).
    func userID() throws(SystemError) -> uid_t? {
        guard let user else { return nil }
        if let number = uid_t(user) { return number }
        guard let entry = unsafe getpwnam(user) else { throw SystemError("getpwnam", code: ENOENT) }
        return unsafe entry.pointee.pw_uid
    }

    /// The number of the group, nil when none is named (getgrnam(3)).
    func groupID() throws(SystemError) -> gid_t? {
        guard let group else { return nil }
        if let number = gid_t(group) { return number }
        guard let entry = unsafe getgrnam(group) else {
            throw SystemError("getgrnam", code: ENOENT)
        }
        return unsafe entry.pointee.gr_gid
    }

    /// Checks whether this process may give a file of its own to the owner (chown(2)).
    func probe() throws(SystemError) {
        let (user, group) = (try userID(), try groupID())
        guard geteuid() != 0 else { return }
        if let user, user != geteuid() { throw SystemError("chown", code: EPERM) }
        guard let group, group != getegid() else { return }
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        let count = unsafe getgroups(CInt(groups.count), &groups)
        guard groups.prefix(Int(max(0, count))).contains(group) else {
            throw SystemError("chown", code: EPERM)
        }
    }
}
