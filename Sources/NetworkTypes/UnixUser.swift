internal import Glibc

/// Names of users, for messages about missing permissions.
package enum UnixUser {
    /// The user whose rights this process has now, such as `user icshostd`.
    package static var current: String { "user \(name(of: geteuid()))" }

    /// The name of a user (getpwuid_r(3)), its number where it has none.
    package static func name(of id: UInt32) -> String {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard unsafe getpwuid_r(id, &entry, &buffer, buffer.count, &found) == 0,
            unsafe found != nil, let name = unsafe entry.pw_name
        else { return "\(id)" }
        return unsafe String(cString: name)
    }

    /// The text of an `errno` value (strerror(3)), with the user who lacks a permission.
    package static func reason(_ number: Int32) -> String {
        let text = unsafe String(cString: strerror(number))
        return number == EACCES || number == EPERM ? "\(text) for \(current)" : text
    }
}
