internal import Glibc

/// The identity of a file, whatever its path.
struct FileIdentity: Hashable, Sendable {
    private let device: dev_t
    private let inode: ino_t

    /// Reads the status of a file.
    init(_ status: stat) {
        device = status.st_dev
        inode = status.st_ino
    }

    /// Looks a file up, and not what a symbolic link leads to; nil when there is none.
    init?(of path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
