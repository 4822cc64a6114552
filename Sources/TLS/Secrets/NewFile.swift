internal import Glibc

/// A file that appears with all of its contents or not at all.
enum NewFile {
    /// Writes `text` under a temporary name beside `path` and moves it there.
    ///
    /// Both names are looked up in one directory that is held open: whoever puts another directory or a
    /// link in its place meanwhile does not lead the file elsewhere.
    static func write(
        _ text: String, to path: String, mode: mode_t, replacing: Bool
    ) throws(TLSError) {
        try makeDirectories(above: path)
        let (above, name) = parts(of: path)
        let directory = unsafe open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("create", path) }
        defer { close(directory) }
        let temporary = "\(name).\(getpid()).\(UInt32.random(in: 0 ... .max))~"
        // O_EXCL: whatever waits under that name, a link for instance, is not followed.
        let file = unsafe openat(
            directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("create", path) }
        var placed = false
        defer {
            close(file)
            if !placed { _ = unsafe unlinkat(directory, temporary, 0) }
        }
        try fill(file, path, text, mode)
        // linkat(2) fails where renameat(2) would replace.
        let status =
            unsafe replacing
            ? renameat(directory, temporary, directory, name)
            : linkat(directory, temporary, directory, name, 0)
        guard status == 0 else { throw failure("create", path) }
        placed = replacing
    }

    /// The directory of a path, and the name in it.
    private static func parts(of path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let directory = slash == path.startIndex ? "/" : String(path[..<slash])
        return (directory, String(path[path.index(after: slash)...]))
    }

    private static func fill(
        _ file: CInt, _ path: String, _ text: String, _ mode: mode_t
    ) throws(TLSError) {
        var rest = [UInt8](text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(file, $0.baseAddress, $0.count)
            }
            guard count >= 0 || errno == EINTR else { throw failure("write", path) }
            rest = rest.dropFirst(max(count, 0))
        }
        guard fchmod(file, mode) == 0, fsync(file) == 0 else { throw failure("write", path) }
    }

    private static func makeDirectories(above path: String) throws(TLSError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        var directory = ""
        for (index, part) in parts.enumerated() {
            directory += index == 0 ? part : "/\(part)"
            guard !part.isEmpty, unsafe mkdir(directory, 0o750) != 0 else { continue }
            // What is there but no directory fails at the next step, with the right error.
            let code = errno
            guard unsafe code == EEXIST || access(directory, F_OK) == 0 else {
                errno = code
                throw failure("create directory", directory)
            }
        }
    }

    private static func failure(_ verb: String, _ path: String) -> TLSError {
        let number = errno
        return TLSError(
            "cannot \(verb) \"\(path)\": \(TLSError.describe(number))",
            code: number == EEXIST ? "exists" : "system")
    }
}
