internal import TextFormats

/// The dates of header fields (RFC 9110, 5.6.7).
package enum HTTPDate {
    /// The bytes of a date as we write it.
    package static let length = 29

    /// Writes a date, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    package static func text(secondsSince1970 seconds: Int) -> String {
        let date = CivilDate(secondsSince1970: seconds)
        let weekday = CivilDate.weekdays[date.weekday].prefix(3)
        let month = CivilDate.months[date.month - 1].prefix(3)
        return "\(weekday), \(date.day.padded(to: 2)) \(month) \(date.year.padded(to: 4)) "
            + "\(date.isoTime) GMT"
    }

    /// Reads a date in any of the three forms; nil for what is none.
    ///
    /// - Parameters:
    ///   - bytes: what the date is in.
    ///   - range: where it is.
    ///   - now: seconds since 1970; a year of two digits that seems more than 50 years ahead of it is
    ///     the last past one with these digits.
    /// - Returns: seconds since 1970.
    package static func seconds(
        _ bytes: Span<UInt8>, _ range: Range<Int>, now: Int
    ) -> Int? {
        // Longer than `Wednesday, 06-Nov-94 08:49:37 GMT` is none of them.
        guard range.count <= 40 else { return nil }
        var words: [String] = []
        var word = ""
        for index in range {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: "-"):
                if !word.isEmpty { words.append(word) }
                word = ""
            case let byte:
                word.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        if !word.isEmpty { words.append(word) }
        guard let separator = bytes.first(UInt8(ascii: " "), in: range) else { return nil }
        if bytes[separator - (separator > range.lowerBound ? 1 : 0)] == UInt8(ascii: ",") {
            guard words.count == 6, words[5] == "GMT" else { return nil }
            let hasDashes = bytes.first(UInt8(ascii: "-"), in: range) != nil
            let weekdays = CivilDate.weekdays.map { hasDashes ? $0 : String($0.prefix(3)) }
            guard weekdays.contains(words[0]) else { return nil }
            let year = hasDashes ? shortYear(words[3], now: now) : number(words[3], digits: 4)
            return moment(day: words[1], month: words[2], year: year, clock: words[4])
        }
        // `Sun Nov  6 08:49:37 1994`, as asctime(3) writes it.
        guard words.count == 5, CivilDate.weekdays.contains(where: { $0.prefix(3) == words[0] })
        else { return nil }
        let day = words[2].utf8.count == 1 ? "0" + words[2] : words[2]
        return moment(
            day: day, month: words[1], year: number(words[4], digits: 4), clock: words[3])
    }

    private static func moment(day: String, month: String, year: Int?, clock: String) -> Int? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let year,
            let month = CivilDate.months.firstIndex(where: { $0.prefix(3) == month }),
            let day = number(day, digits: 2), let hour = number(parts[0], digits: 2),
            let minute = number(parts[1], digits: 2), let second = number(parts[2], digits: 2)
        else { return nil }
        return CivilDate(
            // In range: an index of twelve.
            year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)?
            .secondsSince1970
    }

    private static func number(_ text: some StringProtocol, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy(\.isDigit) else { return nil }
        return Int(text)
    }

    private static func shortYear(_ text: String, now: Int) -> Int? {
        guard let digits = number(text, digits: 2) else { return nil }
        let current = CivilDate(secondsSince1970: now).year
        // In range: a year of four digits.
        let year = current - current % 100 + digits
        // In range: the same.
        return year > current + 50 ? year - 100 : year
    }
}
