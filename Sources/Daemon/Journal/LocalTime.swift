internal import Glibc

/// The time of day where the machine is, for people.
enum LocalTime {
    /// Words a time, in seconds since 1970, such as `2026-11-24 08:32:53` (localtime_r(3)).
    static func text(_ seconds: Int) -> String {
        var time = time_t(seconds)
        var parts = unsafe tm()
        guard unsafe localtime_r(&time, &parts) != nil else { return "\(seconds)" }
        func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = unsafe [parts.tm_mon + 1, parts.tm_mday].map(two)
        let clock = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec].map(two)
        return unsafe "\(Int(parts.tm_year) + 1900)-" + date.joined(separator: "-") + " "
            + clock.joined(separator: ":")
    }
}
