internal import Configuration
internal import TextFormats

/// The format of numbers, times and table cells.
enum Wording {
    /// A size: `512 B`, `4.0 KiB`, `1.5 GiB`.
    static func bytes(_ count: Int) -> String {
        guard count >= 1024 else { return "\(count) B" }
        var (value, unit) = (Double(count) / 1024, 0)
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        while value >= 1024, unit + 1 < units.count { (value, unit) = (value / 1024, unit + 1) }
        return "\((value * 10).rounded() / 10) \(units[unit])"
    }

    /// A time span, with its two largest units: `3 d 4 h`, `2 min 5 s`, `0.3 s`.
    static func duration(_ seconds: Double) -> String {
        guard seconds >= 10 else { return "\((seconds * 10).rounded() / 10) s" }
        let whole = Int(exactly: seconds.rounded(.down)) ?? .max
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min \(whole % 60) s"
        case ..<86_400: return "\(whole / 3600) h \(whole % 3600 / 60) min"
        default: return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
        }
    }

    /// A moment in UTC: `2026-11-24 08:12:01Z`.
    static func time(_ secondsSince1970: Int?) -> String {
        guard let seconds = secondsSince1970, seconds >= 0 else { return "unknown time" }
        let date = CivilDate(secondsSince1970: seconds)
        return "\(date.isoDay) \(date.isoTime)Z"
    }
}

extension JSONValue {
    /// A member as the cell of a table: `-` where there is none.
    func cell(_ name: String) -> String {
        switch self[name] {
        case .string(let text): text.printable
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .boolean(let flag): flag ? "yes" : "no"
        case .null, .array, .object, nil: "-"
        }
    }

    /// A host as the cell of a table: its tag, and where that is not the name of its section, the section
    /// as the file writes it, for hosts may share a tag.
    func hostCell(_ tag: String, _ section: String) -> String {
        guard let name = self[tag]?.text, let place = self[section]?.text,
            name.lowercased() != place.lowercased()
        else { return cell(tag) }
        return "\(name.printable) [\(place.printable)]"
    }

    /// A whole or other number.
    var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}
