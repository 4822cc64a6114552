internal import Glibc

/// A file that the kernel makes when it is read (proc(5)).
package enum ProcFile {
    /// No table of the kernel that is read here gets longer, in bytes.
    private static let sizeLimit = 64 << 20

    /// The bytes of a file; none where it is gone or may not be read.
    package static func read(_ path: String) -> [UInt8] {
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { return [] }
        let file = FileDescriptor(adopting: number)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < sizeLimit {
            let count = unsafe Glibc.read(file.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
