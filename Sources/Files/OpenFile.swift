internal import Glibc
internal import Platform

/// An open file with its status from the time it was opened.
package final class OpenFile: Sendable {
    /// The type of a file.
    package enum Kind: Sendable {
        case regular, directory
        /// A device, a socket, a FIFO.
        case other
    }

    private let descriptor: FileDescriptor
    /// The type.
    package let kind: Kind
    /// The size in bytes.
    package let size: Int
    /// The version of the file, as unique as the file system allows.
    package let identity: Identity

    /// A version of a file.
    package struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
        /// The size in bytes.
        package let size: Int
        /// The last change of its content in seconds since 1970; any number.
        package let modified: Int
        /// The nanoseconds of that change.
        package let nanoseconds: Int
        private let changed: Int
        private let changedNanoseconds: Int

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = max(0, Int(status.st_size))
            (modified, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
            (changed, changedNanoseconds) = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
        }
    }

    /// Opens a file for reading.
    ///
    /// - Throws: open(2), fstat(2).
    package convenience init(path: String) throws(FileTrouble) {
        try unsafe self.init(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), from: "open")
    }

    /// Takes ownership of the descriptor that a system call returned, and reads its status (fstat(2)).
    init(_ number: CInt, from call: String) throws(FileTrouble) {
        guard number >= 0 else { throw FileTrouble(.last(call)) }
        let descriptor = FileDescriptor(adopting: number)
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw FileTrouble(.last("fstat")) }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            default: .other
            }
        identity = Identity(status)
        size = identity.size
        self.descriptor = descriptor
    }

    /// Its number in the kernel; valid as long as this object lives.
    package var number: CInt { descriptor.number }

    /// Whether a path refers to this file (stat(2)).
    func isStill(at path: String) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        return UInt64(status.st_dev) == identity.device && UInt64(status.st_ino) == identity.inode
    }

    /// Reads the first bytes (pread(2)); fewer when the file was truncated.
    ///
    /// - Throws: the error of the system call.
    package func read(count: Int) throws(FileTrouble) -> [UInt8] {
        var failure: SystemError?
        let number = descriptor.number
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let start = unsafe buffer.baseAddress.map { unsafe $0 + filled }
                let got = unsafe pread(number, start, count - filled, off_t(filled))
                if got > 0 {
                    filled += got
                } else if got == 0 {
                    return
                } else if errno != EINTR {
                    failure = .last("pread")
                    return
                }
            }
        }
        if let failure { throw FileTrouble(failure) }
        return bytes
    }
}
