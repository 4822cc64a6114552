internal import COpenSSL

extension TicketKeys {
    /// Reads keys that several machines share.
    ///
    /// The file is binary: one to eight keys of 80 random bytes each, as `openssl rand 80` creates them. The
    /// first seals new tickets, and all open old ones; put a new key first.
    ///
    /// - Parameter path: the file.
    /// - Returns: the keys, and whether every user of the machine can read the file.
    /// - Throws: one sentence that names the file.
    package static func read(
        _ path: String
    ) throws(TLSError) -> (keys: TicketKeys, isExposed: Bool) {
        let file = try SecretFile("ticket key", .file(path))
        let keys = unsafe file.withBytes { bytes -> TicketKeys? in
            let count = bytes.count
            guard (1...limit * keySize).contains(count), count.isMultiple(of: keySize) else {
                return nil
            }
            return unsafe TicketKeys(bytes)
        }
        guard let keys else {
            throw file.fault(
                "must have 1 to \(limit) keys of \(keySize) bytes, and has a length of \(file.count)",
                "ticket-keys")
        }
        return (keys, file.isReadableByOthers)
    }
}
