import HTTP
import Testing

/// The three forms of a date (RFC 9110, 5.6.7).
@Suite struct HTTPDateTests {
    private static let now = 1_800_000_000

    private func read(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        return HTTPDate.seconds(bytes.span, 0..<bytes.count, now: Self.now)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func writesAndReads(_ seconds: Int, _ text: String) {
        #expect(HTTPDate.text(secondsSince1970: seconds) == text)
        #expect(text.utf8.count == HTTPDate.length)
        #expect(read(text) == seconds)
    }

    @Test(arguments: [
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun Nov 06 08:49:37 1994",
    ])
    func readsObsoleteForms(_ text: String) {
        #expect(read(text) == 784_111_777)
    }

    @Test func aShortYearIsAtMostFiftyYearsAhead() {
        #expect(read("Sunday, 06-Nov-76 08:49:37 GMT") == 3_371_878_177)
        #expect(read("Sunday, 06-Nov-78 08:49:37 GMT") == 279_190_177)
    }

    @Test(arguments: [
        "", " ", "Sun", "now", "784111777", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nox 1994 08:49:37 GMT",
        "Sun, 29 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Xxx, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:+7 GMT", "Sun, 06 Nov 1994 08:49:37 GMT and more, much more",
        "Sun, 00 Nov 1994 08:49:37 GMT",
    ])
    func refuses(_ text: String) {
        #expect(read(text) == nil)
    }
}
