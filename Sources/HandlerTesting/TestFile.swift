internal import Glibc
internal import HandlerAPI

/// Reads what a handler sends of a file.
enum TestFile {
    static func read(_ descriptor: CInt, from offset: Int, count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var part = [UInt8](repeating: 0, count: min(65_536, count - bytes.count))
            let got = unsafe pread(descriptor, &part, part.count, off_t(offset + bytes.count))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw ClientError.fileUnreadable(reason: unsafe String(cString: strerror(errno)))
            }
            if got == 0 { break }
            bytes += part.prefix(got)
        }
        return bytes
    }
}
