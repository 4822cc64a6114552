internal import HandlerAPI
internal import TextFormats

/// Says what day and time it is, in the form that RFC 867 shows first, in UTC.
struct DaytimeHandler: Handler {
    static let name = "daytime"
    static let summary = "says the date and time and closes (RFC 867)"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        try await client.write(DaytimeHandler.line(at: WallClock.secondsSince1970))
        return .close
    }

    /// The line for a moment, such as `Thursday, January 1, 1970 00:00:00-UTC`.
    package static func line(at seconds: Int) -> String {
        // Of a clock that is wrong: the nearest moment from 1970 to 9999.
        let date = CivilDate(secondsSince1970: max(seconds, 0))
        let (weekday, month) = (CivilDate.weekdays[date.weekday], CivilDate.months[date.month - 1])
        return "\(weekday), \(month) \(date.day), \(date.year) \(date.isoTime)-UTC\r\n"
    }
}
