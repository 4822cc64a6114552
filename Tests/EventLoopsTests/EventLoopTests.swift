import EventLoops
import Platform
import Testing

@Suite struct EventLoopTests {
    /// A loop on a thread of its own, stopped at the end.
    final class Turning: Sendable {
        let loop: EventLoop
        private let thread: Thread

        init() throws {
            let loop = try EventLoop()
            self.loop = loop
            thread = try Thread(name: "test-loop") { loop.run() }
        }

        deinit {
            loop.stop()
            thread.join()
        }

        /// Runs a closure on the loop and waits for its result.
        func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
            let loop = loop
            return await withCheckedContinuation { continuation in
                loop.perform { continuation.resume(returning: body()) }
            }
        }
    }

    @Test func runsErrandsInTheirOrderOnItsThread() async throws {
        let turning = try Turning()
        let seen = Lock<[Int]>([])
        for number in 0..<1000 {
            turning.loop.perform { [loop = turning.loop] in
                precondition(loop.isCurrent)
                seen.withLock { $0.append(number) }
            }
        }
        _ = await turning.run { 0 }
        #expect(seen.withLock { $0 } == Array(0..<1000))
        #expect(!turning.loop.isCurrent)
    }

    @Test func runsATaskThatPrefersItOnItsThreadAlone() async throws {
        let turning = try Turning()
        let loop = turning.loop
        let stayed = await Task(executorPreference: loop) {
            var stayed = loop.isCurrent
            for _ in 0..<100 {
                await Task.yield()
                stayed = stayed && loop.isCurrent
            }
            return stayed
        }.value
        #expect(stayed)
    }

    @Test func childrenOfATaskStayOnItsThread() async throws {
        let turning = try Turning()
        let loop = turning.loop
        let stayed = await Task(executorPreference: loop) {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 { group.addTask { loop.isCurrent } }
                return await group.reduce(true) { $0 && $1 }
            }
        }.value
        #expect(stayed)
    }

    @Test func aTimerFiresAfterItsTimeAndNotBefore() async throws {
        let turning = try Turning()
        let loop = turning.loop
        let (begin, end) = await withCheckedContinuation { continuation in
            loop.perform {
                let begin = MonotonicClock.now()
                let timer = Timers()
                timer.timer = LoopTimer(on: loop) {
                    timer.timer?.stop()
                    timer.timer = nil
                    continuation.resume(returning: (begin, MonotonicClock.now()))
                }
                timer.timer?.start(after: .milliseconds(200))
            }
        }
        #expect(end - begin >= 200_000_000)
    }

    // The first is as long as it takes all ticks to come round: uncut, it would be due at once.
    @Test(arguments: [
        Duration.nanoseconds(1 << 58), .seconds(10_000 * 365 * 86_400), .seconds(Int64.max),
    ])
    func aTimerOfMoreThanAnAgeDoesNotFireEarly(_ age: Duration) async throws {
        let turning = try Turning()
        let loop = turning.loop
        let fired = Lock(false)
        let distant = Timers()
        loop.perform {
            distant.timer = LoopTimer(on: loop) { fired.withLock { $0 = true } }
            distant.timer?.start(after: age)
        }
        // A deadline that wrapped would be due within the first look at the wheel.
        await withCheckedContinuation { continuation in
            loop.perform {
                let timer = Timers()
                timer.timer = LoopTimer(on: loop) {
                    for timers in [timer, distant] {
                        timers.timer?.stop()
                        timers.timer = nil
                    }
                    continuation.resume()
                }
                timer.timer?.start(after: .milliseconds(150))
            }
        }
        #expect(!fired.withLock { $0 })
    }

    @Test func forgetsTheSourcesOfTimersThatWereStopped() async throws {
        let turning = try Turning()
        let loop = turning.loop
        let count = await turning.run {
            let timers = (0..<500).map { _ in LoopTimer(on: loop) {} }
            for timer in timers { timer.start(after: .seconds(60)) }
            for timer in timers { timer.stop() }
            return loop.sources.count
        }
        #expect(count == 0)
    }

    @Test func aStoppedLoopCanTurnAgain() throws {
        let loop = try EventLoop()
        let runs = Lock(0)
        for _ in 0..<3 {
            loop.performLater {
                runs.withLock { $0 += 1 }
                loop.stop()
            }
            loop.run()
        }
        #expect(runs.withLock { $0 } == 3)
    }
}

/// Keeps a timer from its own closure's point of view.
private final class Timers: @unchecked Sendable {
    // Touched on the loop's thread only.
    var timer: LoopTimer?
}
