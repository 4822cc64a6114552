internal import CSystemd
internal import Glibc
package import Platform

/// Writes records to journald in its native protocol.
///
/// Belongs to the thread that created it. No other thread may wait for that one: sd_journal_sendv(3) blocks
/// forever while journald hangs and its socket is full.
@safe package struct Journal: ~Copyable {
    private var record = JournalRecord()
    private var vectors = unsafe [iovec]()

    /// Creates a writer; libsystemd opens the socket with the first record.
    package init() {
        unsafe vectors.reserveCapacity(JournalField.allCases.count)
    }

    /// Whether standard error goes to the journal.
    ///
    /// systemd sets `JOURNAL_STREAM` to the file that it opened as standard error. The check compares the two,
    /// since a shell that redirects standard error does not change the variable (systemd.exec(5)).
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
    /// Without journald, libsystemd drops the record and reports success.
    package mutating func write(_ build: (inout JournalRecord) -> Void) throws(SystemError) {
        record.removeAll()
        build(&record)
        let code = send()
        guard code >= 0 else { throw SystemError("sd_journal_sendv", code: -code) }
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
