import Testing

@testable import SocketServerDaemon

@Suite struct WordingTests {
    /// Numbers of another daemon's answer, or of a certificate.
    @Test(arguments: [Double.infinity, -.infinity, .nan, 1e300, 9.3e18, -1e300])
    func everyNumberHasWords(_ number: Double) {
        #expect(!Wording.duration(number).isEmpty)
    }

    @Test(arguments: [Int.min, -1, 253_402_300_800, .max]) func everyTimeHasWords(_ seconds: Int) {
        #expect(!Wording.time(seconds).isEmpty && !LocalTime.text(seconds).isEmpty)
        #expect(!Wording.bytes(seconds).isEmpty)
    }

    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1 << 20, "1.0 MiB"),
        (.max, "8.0 EiB"),
    ])
    func bytes(_ count: Int, _ text: String) { #expect(Wording.bytes(count) == text) }

    @Test(arguments: [
        (0, "0.0 s"), (9.87, "9.9 s"), (59, "59 s"), (61, "1 min 1 s"), (7260, "2 h 1 min"),
        (90_000, "1 d 1 h"),
    ])
    func durations(_ seconds: Double, _ text: String) {
        #expect(Wording.duration(seconds) == text)
    }

    @Test(arguments: [
        (0, "1970-01-01 00:00:00Z"), (951_782_399, "2000-02-28 23:59:59Z"),
        (951_782_400, "2000-02-29 00:00:00Z"), (1_795_507_921, "2026-11-24 08:12:01Z"),
        (4_107_542_400, "2100-03-01 00:00:00Z"), (4_133_980_799, "2100-12-31 23:59:59Z"),
    ])
    func times(_ seconds: Int, _ text: String) { #expect(Wording.time(seconds) == text) }
}
