internal import Glibc
internal import TextFormats

/// Times in the time zone of the machine, for people.
enum LocalTime {
    /// A time in seconds since 1970 as `2026-11-24 08:32:53` (localtime_r(3)).
    static func text(_ seconds: Int) -> String {
        let seconds = CivilDate.clamped(seconds)
        var (time, parts) = (time_t(seconds), unsafe tm())
        guard unsafe localtime_r(&time, &parts) != nil else { return "\(seconds)" }
        // In range: a clamped time and less than a day.
        let date = unsafe CivilDate(secondsSince1970: seconds + parts.tm_gmtoff)
        return "\(date.isoDay) \(date.isoTime)"
    }
}
