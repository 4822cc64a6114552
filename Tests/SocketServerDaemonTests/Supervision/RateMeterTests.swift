import Testing

@testable import SocketServerDaemon

@Suite struct RateMeterTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func countsWhatCameInTheTimeBefore() {
        var meter = RateMeter()
        // Ten a second for 90 seconds, then none for 10.
        for second in 0...90 { meter.note(second * 10, at: UInt64(second) * Self.second) }
        for second in 91...100 { meter.note(900, at: UInt64(second) * Self.second) }
        #expect(meter.rate(900, at: 100 * Self.second, over: 60) > 8)
        #expect(meter.rate(900, at: 100 * Self.second, over: 60) < 9)
        #expect(meter.rate(900, at: 100 * Self.second, over: 5) == 0)
    }

    @Test func isNothingBeforeTheSecondLook() {
        var meter = RateMeter()
        #expect(meter.rate(5, at: Self.second, over: 10) == 0)
        meter.note(5, at: Self.second)
        #expect(meter.rate(5, at: Self.second, over: 10) == 0)
    }

    @Test func aMomentIsNoSecond() {
        var meter = RateMeter()
        meter.note(0, at: Self.second)
        #expect(meter.rate(2, at: Self.second + Self.second / 10, over: 10) == 2)
    }

    @Test func looksOncePerSecondOnly() {
        var meter = RateMeter()
        for tenth in 0..<1_000 { meter.note(tenth, at: UInt64(tenth) * Self.second / 10) }
        #expect(meter.rate(1_000, at: 100 * Self.second, over: 60).rounded() == 10)
    }
}
