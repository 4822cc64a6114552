internal import CLinux
internal import Glibc

/// What changes when a file is written or replaced (stat(2)); symbolic links are followed.
package struct FileStamp: Hashable, Sendable {
    private var device: UInt = 0
    private var inode: UInt = 0
    private var size = 0
    private var mode: UInt32 = 0
    /// When it was written, and when anything about it changed: seconds since 1970, which may be any
    /// number, and nanoseconds.
    private var times = (written: (0, 0), changed: (0, 0))

    /// Reads the state of a file; one that cannot be inspected has a stamp of its own.
    package init(of path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return }
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        mode = status.st_mode
        times.written = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        times.changed = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
    }

    package static func == (left: FileStamp, right: FileStamp) -> Bool {
        left.device == right.device && left.inode == right.inode && left.size == right.size
            && left.mode == right.mode
            && left.times.written == right.times.written
            && left.times.changed == right.times.changed
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(inode)
        hasher.combine(times.changed.0)
        hasher.combine(times.changed.1)
    }
}
