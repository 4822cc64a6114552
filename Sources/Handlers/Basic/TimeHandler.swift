internal import HandlerAPI

/// Sends the seconds since 1900 as four bytes, the first the most significant (RFC 868).
struct TimeHandler: Handler {
    static let name = "time"
    static let summary = "sends the seconds since 1900 in four bytes and closes (RFC 868)"

    /// The seconds from 1900-01-01 to 1970-01-01, both 00:00 UTC; RFC 868 gives the number.
    private static let secondsTo1970 = 2_208_988_800

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        // Wraps round in 2036, as the protocol does.
        let time = UInt32(
            truncatingIfNeeded: WallClock.secondsSince1970 + TimeHandler.secondsTo1970)
        try await client.write([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: time >> $0) })
        return .close
    }
}
