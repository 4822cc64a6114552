internal import Glibc
internal import Platform

/// The contents of a directory.
package struct FolderListing: Sendable {
    /// One file or directory.
    package struct Entry: Sendable {
        /// The bytes of its name.
        package let name: [UInt8]
        /// Whether it is a directory.
        package let isFolder: Bool
        /// The size of a file in bytes.
        package let size: Int
        /// The last change, in seconds since 1970; any number.
        package let modified: Int
    }

    /// The most entries of a listing.
    package static let limit = 10_000

    /// Directories first, then by name.
    package let entries: [Entry]
    /// Whether there are more than ``limit``.
    package let isCut: Bool

    /// Reads a directory (readdir(3)); may block.
    ///
    /// Skips names that begin with a dot, and anything that is neither a file nor a directory.
    ///
    /// - Throws: openat(2), fdopendir(3), readdir(3).
    package init(_ folder: OpenFile) throws(FileTrouble) {
        let number = unsafe openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw FileTrouble(.last("openat")) }
        guard let stream = unsafe fdopendir(number) else {
            let trouble = FileTrouble(.last("fdopendir"))
            _ = close(number)
            throw trouble
        }
        defer { unsafe closedir(stream) }
        var found: [Entry] = []
        while found.count < FolderListing.limit {
            errno = 0
            guard let next = unsafe readdir(stream) else {
                guard errno == 0 else { throw FileTrouble(.last("readdir")) }
                break
            }
            let name = unsafe FolderListing.name(of: next)
            if name.first != UInt8(ascii: "."), let entry = FolderListing.entry(name, in: number) {
                found.append(entry)
            }
        }
        isCut = found.count == FolderListing.limit
        entries = found.sorted { left, right in
            left.isFolder == right.isFolder
                ? left.name.lexicographicallyPrecedes(right.name) : left.isFolder
        }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
            // The record ends after the name: the rest of the struct may not be mapped.
            let start = unsafe UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)
            return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: strlen(start)))
        }
    }

    private static func entry(_ name: [UInt8], in directory: CInt) -> Entry? {
        var status = stat()
        // As bytes: a name need not be UTF-8. Links are not followed: they may lead out of the root.
        let result = unsafe name.withPath {
            unsafe fstatat(directory, $0, &status, AT_SYMLINK_NOFOLLOW)
        }
        guard result == 0 else { return nil }
        let type = status.st_mode & S_IFMT
        guard type == S_IFREG || type == S_IFDIR else { return nil }
        return Entry(
            name: name, isFolder: type == S_IFDIR, size: max(0, Int(status.st_size)),
            modified: status.st_mtim.tv_sec)
    }
}
