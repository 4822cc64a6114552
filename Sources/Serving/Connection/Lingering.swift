/// How long a connection whose output has ended still reads what its peer sends.
///
/// A close while bytes are unread resets the connection, and can destroy what the peer has not read
/// yet (RFC 1122, 4.2.2.13). A period follows another one only if something came in it.
struct Lingering {
    private var periods = 0
    private var bytes = 0
    private var isSilent = true

    /// Begins the current period anew.
    mutating func restartPeriod() { isSilent = true }

    /// Counts bytes that were dropped.
    ///
    /// - Returns: whether more may follow, `limit` bytes in all.
    mutating func dropped(_ count: Int, limit: Int) -> Bool {
        bytes += count
        isSilent = false
        return bytes <= limit
    }

    /// Ends a period.
    ///
    /// - Returns: whether another one begins.
    mutating func nextPeriod() -> Bool {
        periods += 1
        guard !isSilent, periods < ServerOptions.lingerPeriods else { return false }
        restartPeriod()
        return true
    }
}
