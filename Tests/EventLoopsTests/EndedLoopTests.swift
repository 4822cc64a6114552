import EventLoops
import Platform
import TestSupport
import Testing

/// A loop after its end.
@Suite struct EndedLoopTests {
    private final class Source: EventSource {
        func descriptorReady(_ readiness: Readiness) {}
        func deadlinePassed() {}
    }

    @Test func sourcesAndTheLoopItselfAreReleased() throws {
        weak var source: Source?
        weak var loop: EventLoop?
        do {
            let ended = try EventLoop()
            loop = ended
            ended.performLater {
                // A source that retains its loop, as most do.
                let timer = LoopTimer(on: ended) {}
                timer.start(after: .seconds(60))
                _ = ended.add(Source())
                ended.stop()
            }
            ended.run()
            source = ended.sources.lazy.compactMap { $0 as? Source }.first
            #expect(source != nil)
            ended.end()
        }
        #expect(source == nil)
        #expect(loop == nil)
    }

    @Test func whatWasPostedRuns() throws {
        let loop = try EventLoop()
        let runs = Lock(0)
        for _ in 0..<10 { loop.performLater { runs.withLock { $0 += 1 } } }
        loop.end()
        #expect(runs.withLock { $0 } == 10)
    }

    @Test func whatIsPostedLaterRunsOneAfterTheOther() throws {
        let loop = try EventLoop()
        loop.end()
        let runs = Lock((count: 0, areOnLoop: true))
        for _ in 0..<100 {
            loop.perform {
                let isCurrent = loop.isCurrent
                runs.withLock { $0 = ($0.count + 1, $0.areOnLoop && isCurrent) }
            }
        }
        try waitUntil("all closures have run") { runs.withLock { $0.count } == 100 }
        #expect(runs.withLock { $0.areOnLoop })
    }

    @Test func aTaskThatWaitsElsewhereEnds() async throws {
        let loop = try EventLoop()
        let (waiting, end) = AsyncStream<Int>.makeStream()
        let isWaiting = Lock(false)
        let task = Task(executorPreference: loop) {
            isWaiting.withLock { $0 = true }
            for await number in waiting { return number }
            return 0
        }
        loop.turn(upTo: .seconds(10))
        #expect(isWaiting.withLock { $0 })
        loop.end()
        end.yield(7)
        #expect(await task.value == 7)
    }
}
