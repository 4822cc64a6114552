import Testing

@testable import Serving

/// When a lingering connection waits for another period.
@Suite final class LingeringPeriodTests {
    private var lingering = Lingering()

    private func drop(_ count: Int) -> Bool { lingering.dropped(count, limit: 1_000) }
    private func nextPeriod() -> Bool { lingering.nextPeriod() }

    @Test func aSilentPeriodIsTheLast() {
        #expect(!nextPeriod())
    }

    @Test func aPeriodInWhichSomethingCameHasASuccessorUpToTheLimit() {
        for _ in 1..<ServerOptions.lingerPeriods {
            #expect(drop(1))
            #expect(nextPeriod())
        }
        #expect(drop(1))
        #expect(!nextPeriod())
    }

    @Test func whatCameBeforeThePeriodDoesNotCount() {
        #expect(drop(1))
        #expect(nextPeriod())
        #expect(!nextPeriod())
    }

    @Test func aPeriodThatBeginsAnewForgetsWhatCame() {
        #expect(drop(1))
        lingering.restartPeriod()
        #expect(!nextPeriod())
    }

    @Test func bytesHaveALimitOverAllPeriods() {
        #expect(drop(600))
        #expect(nextPeriod())
        #expect(drop(400))
        #expect(!drop(1))
    }
}
