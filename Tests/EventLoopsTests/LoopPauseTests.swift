import EventLoops
import Testing

/// Waits of tasks on a loop.
@Suite struct LoopPauseTests {
    @Test func itIsOverAfterTheTime() async throws {
        let turning = try EventLoopTests.Turning()
        let loop = turning.loop
        let begun = ContinuousClock.now
        let isOnLoop = try await Task(executorPreference: loop) {
            try await LoopPause.wait(.milliseconds(100), on: loop)
            return loop.isCurrent
        }.value
        #expect(isOnLoop)
        #expect(ContinuousClock.now - begun >= .milliseconds(100))
    }

    @Test(arguments: [false, true])
    func aCancellationEndsIt(_ isEarly: Bool) async throws {
        let turning = try EventLoopTests.Turning()
        let loop = turning.loop
        let task = Task(executorPreference: loop) {
            while isEarly, !Task.isCancelled { await Task.yield() }
            try await LoopPause.wait(.seconds(3_600), on: loop)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(await turning.run { loop.sources.count } == 0)
    }
}
