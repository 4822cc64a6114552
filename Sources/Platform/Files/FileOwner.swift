internal import Glibc

/// Whose a file is, and who may use it (lstat(2)).
package struct FileOwner: Sendable {
    /// The user's id.
    package let user: UInt32
    /// The permissions.
    package let mode: UInt32

    /// Looks at a file, not at what a symbolic link leads to; nil for one that cannot be seen.
    package init?(of path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        (user, mode) = (status.st_uid, status.st_mode & 0o7777)
    }
}
