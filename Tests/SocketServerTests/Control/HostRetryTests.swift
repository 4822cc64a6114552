import Configuration
import Testing

@testable import SocketServer

@Suite struct HostRetryTests {
    private let host = SectionID("Host1")

    @Test func theWaitDoublesUpToAMinute() {
        var (retry, now, waits) = (HostRetry(), UInt64(0), [UInt64]())
        retry.note([host], tried: nil, at: now)
        while waits.count < 8, let next = retry.next {
            waits.append((next - now) / HostRetry.shortest)
            now = next
            #expect(retry.due(at: now) == [host])
            retry.note([host], tried: [host], at: now)
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60])
    }

    @Test func whatIsUpIsRetriedNoMore() {
        var retry = HostRetry()
        retry.note([host], tried: nil, at: 0)
        retry.note([], tried: [host], at: HostRetry.shortest)
        #expect(retry.next == nil)
    }

    @Test func oneThatWasNotTriedKeepsItsTime() {
        var retry = HostRetry()
        retry.note([host, SectionID("Host2")], tried: nil, at: 0)
        retry.hurry(SectionID("Host2"), at: 7)
        #expect(retry.due(at: 7) == [SectionID("Host2")])
        retry.note([host], tried: [SectionID("Host2")], at: 7)
        #expect(retry.next == HostRetry.shortest)
    }

    @Test func aHostThatIsDownIsRetriedUnderAnySpellingOfItsSection() {
        var retry = HostRetry()
        retry.note([SectionID("Host  A")], tried: nil, at: 0)
        retry.note([SectionID("host a")], tried: [SectionID("Host A")], at: 0)
        #expect(retry.next == 2 * HostRetry.shortest)
    }
}
