internal import CLinux
internal import Glibc

/// Somebody whose rights for files root can take for a while (seteuid(2), credentials(7)).
package struct EffectiveUser: Sendable {
    /// The user's name.
    package let name: String
    private let user: uid_t
    private let group: gid_t

    /// Whether this process may become somebody else.
    package static var isRoot: Bool { geteuid() == 0 }

    /// Looks a user up by its name (getpwnam(3)); nil when there is none.
    package init?(_ name: String) {
        guard let entry = unsafe getpwnam(name) else { return nil }
        self.name = name
        user = unsafe entry.pointee.pw_uid
        group = unsafe entry.pointee.pw_gid
    }

    /// Runs `body` with the user's rights, its groups included, on all threads; then root's again.
    ///
    /// - Parameters:
    ///   - capabilities: those of root's that the calling thread keeps, a bit for each by its number
    ///     (capabilities(7)).
    ///   - body: what is to be done.
    /// - Returns: what `body` returns.
    /// - Throws: ``SystemError`` when the rights cannot be taken, and what `body` throws.
    package func run<Value>(
        keeping capabilities: UInt64 = 0, _ body: () throws -> Value
    ) throws -> Value {
        let (oldGroup, count) = (getegid(), getgroups(0, nil))
        var oldGroups = [gid_t](repeating: 0, count: Int(max(count, 0)))
        guard count >= 0, unsafe getgroups(count, &oldGroups) >= 0 else {
            throw SystemError.last("getgroups")
        }
        guard unsafe initgroups(name, group) == 0 else { throw SystemError.last("initgroups") }
        defer {
            // Back to root first, who may set the others.
            let isBack =
                unsafe seteuid(0) == 0 && setegid(oldGroup) == 0
                && setgroups(oldGroups.count, oldGroups) == 0
            precondition(isBack, "root stays root beneath")
        }
        guard setegid(group) == 0 else { throw SystemError.last("setegid") }
        guard seteuid(user) == 0 else { throw SystemError.last("seteuid") }
        // All that root has is still permitted to somebody else, and nothing is in effect.
        guard user == 0 || clinux_set_effective(capabilities) == 0 else {
            throw SystemError.last("capset")
        }
        return try body()
    }
}
