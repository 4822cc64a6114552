import Platform
import Testing

@Suite struct QueueTests {
    @Test func firstInFirstOut() {
        var queue = Queue<Int>()
        #expect(queue.popFirst() == nil && queue.last == nil)
        for number in 0..<1_000 { queue.append(number) }
        queue.changeLast { $0 += 1 }
        #expect(queue.count == 1_000 && queue.last == 1_000)
        for number in 0..<999 { #expect(queue.popFirst() == number) }
        #expect(queue.popFirst() == 1_000)
        #expect(queue.popFirst() == nil && queue.count == 0)
    }

    /// One whose reader never catches up keeps what waits and no more.
    @Test func aQueueThatIsNeverEmptyDoesNotGrow() throws {
        var queue = Queue<Int>()
        for number in 0..<10 { queue.append(number) }
        for number in 10..<100_000 {
            queue.append(number)
            #expect(queue.popFirst() == number - 10)
        }
        let stored = Mirror(reflecting: queue).children.first { $0.label == "elements" }
        #expect(try #require(stored?.value as? [Int?]).count < 200)
    }
}
