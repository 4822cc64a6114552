internal import Glibc

/// The owner and the permissions of a file (lstat(2)).
package struct FileOwner: Sendable {
    /// The user's id.
    package let user: UInt32
    /// The permissions.
    package let mode: UInt32

    /// Reads the status of a file, without following a symbolic link; nil for one that cannot be inspected.
    package init?(of path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        (user, mode) = (status.st_uid, status.st_mode & 0o7777)
    }
}
