internal import HandlerAPI

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
        let weekdays = [
            "Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday",
        ]
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September",
            "October", "November", "December",
        ]
        // Of a clock that is wrong: the nearest moment from 1970 to 9999.
        let seconds = min(max(seconds, 0), 253_402_300_799)
        let days = seconds / 86_400
        let date = civilDate(daysSince1970: days)
        let clock = [seconds % 86_400 / 3600, seconds % 3600 / 60, seconds % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        let weekday = weekdays[days % 7]
        return "\(weekday), \(months[date.month - 1]) \(date.day), \(date.year) \(clock)-UTC\r\n"
    }

    /// The Gregorian date of a day from 1970 on.
    private static func civilDate(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        var (year, month, rest) = (1970, 1, daysSince1970)
        func isLeap(_ year: Int) -> Bool {
            year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        }
        while rest >= (isLeap(year) ? 366 : 365) {
            rest -= isLeap(year) ? 366 : 365
            year += 1
        }
        let lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        while rest >= lengths[month - 1] {
            rest -= lengths[month - 1]
            month += 1
        }
        return (year, month, rest + 1)
    }
}
