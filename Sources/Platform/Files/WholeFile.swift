internal import Glibc

/// A file that appears with all of its contents or not at all.
package enum WholeFile {
    /// Whether anything has this name, even a dangling link (lstat(2)).
    package static func isThere(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// Writes a text under a temporary name in the same directory and renames it.
    ///
    /// Creates the directory, but not the directories above it. Both names are resolved in one open directory,
    /// so that nobody redirects the file by replacing the directory, and links are not followed: a link that
    /// has the name is an obstacle, or replaced.
    ///
    /// - Parameters:
    ///   - text: the contents.
    ///   - path: the name of the file.
    ///   - mode: its permissions, whatever the umask.
    ///   - replacing: whether an existing file is replaced; else it is an error (EEXIST).
    /// - Throws: the system call that failed; then nothing has changed except for a created directory.
    package static func write(
        _ text: String, to path: String, mode: UInt32 = 0o644, replacing: Bool
    ) throws(SystemError) {
        let slash = path.lastIndex(of: "/")
        let above = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let isNew = unsafe mkdir(above, 0o755) == 0
        let code = errno
        guard unsafe isNew || code == EEXIST || access(above, F_OK) == 0 else {
            throw SystemError("mkdir", code: code)
        }
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        let directory = try FileDescriptor(unsafe open(above, flags), from: "open")
        // Whatever the umask: another user runs the service.
        guard !isNew || fchmod(directory.number, 0o755) == 0 else { throw .last("fchmod") }
        let draft = ".\(name).\(UInt32.random(in: 0...(.max)))~"
        let file = try FileDescriptor(
            unsafe openat(
                directory.number, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600
            ),
            from: "open")
        // Fails after a rename.
        defer { _ = unsafe unlinkat(directory.number, draft, 0) }
        try fill(file, text, mode)
        // linkat(2) fails where renameat(2) would replace.
        let isPlaced =
            unsafe replacing
            ? renameat(directory.number, draft, directory.number, name) == 0
            : linkat(directory.number, draft, directory.number, name, 0) == 0
        guard isPlaced else { throw .last(replacing ? "rename" : "link") }
        guard fsync(directory.number) == 0 else { throw .last("fsync") }
    }

    private static func fill(
        _ file: borrowing FileDescriptor, _ text: String, _ mode: UInt32
    ) throws(SystemError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(file.number, $0.baseAddress, $0.count)
            }
            guard count >= 0 || errno == EINTR else { throw .last("write") }
            rest = rest.dropFirst(max(count, 0))
        }
        guard fchmod(file.number, mode) == 0 else { throw .last("fchmod") }
        guard fsync(file.number) == 0 else { throw .last("fsync") }
    }
}
