import Testing

@testable import SocketServerDaemon

@Suite struct MemoryReturnTests {
    private func isDue(_ clients: [Int]) -> [Bool] {
        var memory = MemoryReturn()
        return clients.map { memory.isDue(clients: $0) }
    }

    /// Once for those that have gone, and again for the others.
    @Test func isDueOnceManyHaveGone() {
        #expect(
            isDue([8_000, 4_001, 3_900, 3_900, 2_000, 0, 0])
                == [false, false, true, false, false, true, false])
    }

    @Test func theComingAndGoingOfAFewIsNone() {
        #expect(!isDue([0, 255, 0, 100, 255, 10, 0]).contains(true))
        #expect(isDue([256, 0]) == [false, true])
    }
}
