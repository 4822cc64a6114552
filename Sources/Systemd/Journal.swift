internal import CSystemd
internal import Glibc

/// Writes records to journald in its native protocol.
///
/// Belongs to the thread that made it, which must be one that nobody waits for: sd_journal_sendv(3)
/// blocks for good while journald hangs and its socket is full.
@safe package struct Journal: ~Copyable {
    private var record = JournalRecord()
    private var vectors = unsafe [iovec]()

    /// Makes a writer; libsystemd opens the socket with the first record.
    package init() {
        unsafe vectors.reserveCapacity(JournalField.allCases.count)
    }

    /// Whether standard error is the journal's, so that journald is where the operator looks.
    ///
    /// systemd says in `JOURNAL_STREAM` which file it made standard error of; a shell that redirects
    /// it leaves the variable as it was (systemd.exec(5)).
    package static var isConnectedToStandardError: Bool {
        guard let stream = unsafe getenv("JOURNAL_STREAM") else { return false }
        return isStream(unsafe String(cString: stream), descriptor: STDERR_FILENO)
    }

    /// Whether `stream`, `DEVICE:INODE` in decimal, names the open file.
    static func isStream(_ stream: String, descriptor: CInt) -> Bool {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }

    /// Sends the record that `build` fills.
    ///
    /// Where there is no journald at all libsystemd drops the record and reports success.
    package mutating func write(_ build: (inout JournalRecord) -> Void) throws(SystemdError) {
        record.removeAll()
        build(&record)
        let code = send()
        guard code >= 0 else { throw SystemdError("sd_journal_sendv", code: -code) }
    }

    private mutating func send() -> CInt {
        unsafe vectors.removeAll(keepingCapacity: true)
        return unsafe record.bytes.withUnsafeBytes { bytes in
            // Only read by libsystemd, whatever iovec's type says.
            let base = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
            var start = 0
            for end in record.ends {
                unsafe vectors.append(
                    iovec(iov_base: base.map { unsafe $0 + start }, iov_len: end - start))
                start = end
            }
            return unsafe sd_journal_sendv(vectors, CInt(vectors.count))
        }
    }
}
