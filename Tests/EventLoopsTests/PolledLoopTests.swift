import EventLoops
import Glibc
import Platform
import TestSupport
import Testing

/// A loop without a thread: its owner polls its descriptor and turns it.
@Suite struct PolledLoopTests {
    private let loop: EventLoop

    init() throws {
        loop = try EventLoop(isPolled: true)
    }

    private func isReadable(within limit: Duration = .zero) -> Bool {
        var entry = pollfd(fd: loop.descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, CInt(limit / .milliseconds(1))) == 1
    }

    /// Starts a task, which waits for a turn, on a thread that is not the one that turns the loop.
    private func post(_ work: @escaping @Sendable () -> Void) throws {
        try Thread(name: "other") { [loop] in
            Task(executorPreference: loop) { work() }
        }.join()
    }

    @Test func aTaskOfAnotherThreadMakesItReadable() throws {
        loop.turn(upTo: .zero)
        #expect(!isReadable())
        let runs = Lock(0)
        try post { runs.withLock { $0 += 1 } }
        #expect(isReadable(within: patience))
        #expect(runs.withLock { $0 } == 0)
        #expect(loop.turn(upTo: .zero))
        #expect(runs.withLock { $0 } == 1)
        #expect(!isReadable())
    }

    @Test func aClosureRunsWhereNoThreadTurnsIt() throws {
        let runs = Lock(0)
        for _ in 0..<50 {
            try Thread(name: "other") { [loop] in
                loop.perform {
                    let isCurrent = loop.isCurrent
                    runs.withLock { $0 += isCurrent ? 1 : 0 }
                }
            }.join()
        }
        #expect(runs.withLock { $0 } == 50)
    }

    @Test func aDeadlineMakesItReadableAndNotBefore() throws {
        let fired = Lock<UInt64>(0)
        let begin = MonotonicClock.now()
        let timer = Lock<LoopTimer?>(nil)
        loop.perform { [loop] in
            let new = LoopTimer(on: loop) { fired.withLock { $0 = MonotonicClock.now() } }
            new.start(after: .milliseconds(200))
            timer.withLock { $0 = new }
        }
        loop.turn(upTo: .zero)
        #expect(!isReadable())
        while fired.withLock({ $0 }) == 0, isReadable(within: patience) { loop.turn(upTo: .zero) }
        #expect(fired.withLock { $0 } >= begin + 200_000_000)
    }

    @Test func aTaskThatYieldsKeepsItReadable() throws {
        let hasEnded = Lock(false)
        Task(executorPreference: loop) {
            for _ in 0..<20 { await Task.yield() }
            hasEnded.withLock { $0 = true }
        }
        var turns = 0
        while !hasEnded.withLock({ $0 }) {
            try #require(isReadable(within: patience))
            loop.turn(upTo: .zero)
            turns += 1
        }
        #expect(turns > 5)
    }

    @Test func anotherLoopCanWatchIt() throws {
        let outer = try EventLoop()
        let heard = Lock<DescriptorWatch?>(nil)
        let loop = loop
        outer.perform {
            let watch = try? DescriptorWatch(
                loop.descriptor, on: outer, for: .readable,
                onReady: { _ in loop.turn(upTo: .zero) }, onDeadline: {})
            heard.withLock { $0 = watch }
        }
        try post {
            #expect(loop.isCurrent && !outer.isCurrent)
            outer.perform {
                heard.withLock { $0 }?.end()
                outer.stop()
            }
        }
        outer.run()
        #expect(!loop.isCurrent && !outer.isCurrent)
    }

    @Test func oneThreadAtATimeTurnsIt() throws {
        let results = Lock<[Bool]>([])
        let (begun, ended) = (try EventBell(), try EventBell())
        try post { [loop, results] in
            results.withLock { $0.append(loop.turn(upTo: .zero)) }
            begun.ring()
            ended.wait()
        }
        let thread = try Thread(name: "turning") { [loop] in loop.turn(upTo: .zero) }
        begun.wait()
        #expect(!loop.isCurrent)
        results.withLock { $0.append(loop.turn(upTo: .zero)) }
        ended.ring()
        thread.join()
        #expect(results.withLock { $0 } == [false, false])
        #expect(loop.turn(upTo: .zero))
    }

    @Test func aTurnWaitsNoLongerThanItsLimit() {
        let begin = MonotonicClock.now()
        loop.turn(upTo: .milliseconds(30))
        #expect(MonotonicClock.now() >= begin + 30_000_000)
    }
}
