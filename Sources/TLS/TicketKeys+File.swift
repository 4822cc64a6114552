internal import Glibc

extension TicketKeys {
    /// Reads the keys that several machines share.
    ///
    /// The file is binary: one to eight keys of 80 random bytes each, as `openssl rand 80` makes them.
    /// The first seals new tickets, all open old ones; a new key goes in front.
    ///
    /// - Parameter path: the file.
    /// - Returns: the keys, and whether anybody besides owner and group may read the file.
    /// - Throws: one sentence that names the file.
    package static func read(
        _ path: String
    ) throws(TLSError) -> (keys: TicketKeys, isExposed: Bool) {
        // O_NONBLOCK: opening a FIFO must not wait for its writer.
        let file = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw unreadable(path, errno) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TLSError("ticket key file \"\(path)\" is not a regular file", code: "unreadable")
        }
        // One byte more than there may be.
        var bytes = [UInt8](repeating: 0, count: limit * keySize + 1)
        defer { wipe(&bytes) }
        var count = 0
        while count < bytes.count {
            let size = bytes.count - count
            let read = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(file, $0.baseAddress.map { unsafe $0 + count }, size)
            }
            guard read >= 0 || errno == EINTR else { throw unreadable(path, errno) }
            if read == 0 { break }
            count += max(read, 0)
        }
        guard count > 0, count < bytes.count, count.isMultiple(of: keySize) else {
            let found = count < bytes.count ? "\(count) bytes" : "more"
            throw TLSError(
                "ticket key file \"\(path)\" must have 1 to \(limit) keys of \(keySize) bytes, not "
                    + found, code: "ticket-keys")
        }
        bytes.removeLast(bytes.count - count)
        return (TicketKeys(bytes), status.st_mode & S_IROTH != 0)
    }

    private static func unreadable(_ path: String, _ number: CInt) -> TLSError {
        TLSError(
            "ticket key file \"\(path)\" cannot be read: \(TLSError.describe(number))",
            code: number == ENOENT ? "missing" : "unreadable")
    }
}
