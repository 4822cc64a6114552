import Testing

@testable import Handlers

/// The line of RFC 867.
@Suite struct DaytimeHandlerTests {
    @Test(arguments: [
        (Int.min, "Thursday, January 1, 1970 00:00:00-UTC\r\n"),
        (951_782_400, "Tuesday, February 29, 2000 00:00:00-UTC\r\n"),
        (Int.max, "Friday, December 31, 9999 23:59:59-UTC\r\n"),
    ])
    func everyClockHasALine(_ seconds: Int, _ line: String) {
        #expect(DaytimeHandler.line(at: seconds) == line)
    }
}
