internal import Glibc
package import Platform

/// A file for everybody to read that appears with all of its contents or not at all.
package enum WholeFile {
    /// Whether there is anything of this name, a link that leads nowhere included (lstat(2)).
    package static func isThere(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// Writes a text under a temporary name in the same directory and moves it to its place.
    ///
    /// The directory is made where only that is missing. Both names are looked up in one directory that
    /// is held open, and neither is followed: where a link has the name, it is an obstacle, or replaced.
    ///
    /// - Parameters:
    ///   - text: the contents.
    ///   - path: where they go.
    ///   - replacing: whether what has the name is replaced; else it is an error (EEXIST).
    /// - Throws: the system call that failed; then nothing has changed but a directory that was made.
    package static func write(
        _ text: String, to path: String, replacing: Bool
    ) throws(SystemError) {
        let slash = path.lastIndex(of: "/")
        let above = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let isNew = unsafe mkdir(above, 0o755) == 0
        guard isNew || errno == EEXIST else { throw .last("mkdir") }
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        let directory = try FileDescriptor(unsafe open(above, flags), from: "open")
        // Whatever the umask is: the service is somebody else.
        guard !isNew || fchmod(directory.number, 0o755) == 0 else { throw .last("fchmod") }
        let draft = ".\(name).\(UInt32.random(in: 0...(.max)))~"
        let file = try FileDescriptor(
            unsafe openat(
                directory.number, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600
            ),
            from: "open")
        // After a rename there is none of this name.
        defer { _ = unsafe unlinkat(directory.number, draft, 0) }
        try fill(file, text)
        // linkat(2) fails where renameat(2) would replace.
        let isPlaced =
            unsafe replacing
            ? renameat(directory.number, draft, directory.number, name) == 0
            : linkat(directory.number, draft, directory.number, name, 0) == 0
        guard isPlaced else { throw .last(replacing ? "rename" : "link") }
        guard fsync(directory.number) == 0 else { throw .last("fsync") }
    }

    private static func fill(
        _ file: borrowing FileDescriptor, _ text: String
    ) throws(SystemError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(file.number, $0.baseAddress, $0.count)
            }
            guard count >= 0 || errno == EINTR else { throw .last("write") }
            rest = rest.dropFirst(max(count, 0))
        }
        guard fchmod(file.number, 0o644) == 0 else { throw .last("fchmod") }
        guard fsync(file.number) == 0 else { throw .last("fsync") }
    }
}
