import TestSupport
import Testing

@testable import EventLoops

@Suite struct TimerWheelTests {
    /// One wheel with sources that note when they were told.
    final class Bench {
        final class Source: EventSource {
            var tellings: [UInt32] = []
            var clock: () -> UInt32 = { 0 }

            func descriptorReady(_ readiness: Readiness) {}
            func deadlinePassed() { tellings.append(clock()) }
        }

        let table = SourceTable()
        let wheel: TimerWheel
        var tick: UInt32 = 1000

        init() {
            wheel = TimerWheel(table: table, now: 1000 << TimerWheel.tickShift)
        }

        func add() -> (id: SourceID, source: Source) {
            let source = Source()
            source.clock = { [unowned self] in tick }
            return (table.insert(source), source)
        }

        func advance(to tick: UInt32) {
            self.tick = tick
            wheel.advance(to: UInt64(tick) << TimerWheel.tickShift)
        }
    }

    @Test(arguments: [1, 2, 255, 256, 257, 1000, 100_000] as [UInt32])
    func tellsOnceAtItsTick(_ distance: UInt32) {
        let bench = Bench()
        let (id, source) = bench.add()
        bench.wheel.set(id.index, to: 1000 + distance)
        for tick in 1000...(1000 + distance + 300) { bench.advance(to: tick) }
        #expect(source.tellings == [1000 + distance])
    }

    @Test func tellsLateButOnceAfterAPause() {
        let bench = Bench()
        let (id, source) = bench.add()
        bench.wheel.set(id.index, to: 1010)
        bench.advance(to: 9000)
        bench.advance(to: 20_000)
        #expect(source.tellings == [9000])
    }

    @Test func movesADeadlineLaterAndEarlier() {
        let bench = Bench()
        let (id, source) = bench.add()
        bench.wheel.set(id.index, to: 1010)
        bench.wheel.set(id.index, to: 1030)
        bench.advance(to: 1020)
        #expect(source.tellings.isEmpty)
        bench.wheel.set(id.index, to: 1022)
        for tick in 1021...1040 as ClosedRange<UInt32> { bench.advance(to: tick) }
        #expect(source.tellings == [1022])
    }

    @Test func forgetsADeadlineThatWasTakenBack() {
        let bench = Bench()
        let (id, source) = bench.add()
        bench.wheel.set(id.index, to: 1010)
        bench.wheel.set(id.index, to: 0)
        bench.advance(to: 2000)
        #expect(source.tellings.isEmpty)
        #expect(bench.wheel.milliseconds(from: 2000 << TimerWheel.tickShift) == -1)
    }

    @Test func forgetsARemovedSource() {
        let bench = Bench()
        let (first, firstSource) = bench.add()
        let (second, secondSource) = bench.add()
        bench.wheel.set(first.index, to: 1010)
        bench.wheel.set(second.index, to: 1010)
        bench.wheel.clear(first.index)
        bench.table.remove(first)
        bench.advance(to: 1010)
        #expect(firstSource.tellings.isEmpty)
        #expect(secondSource.tellings == [1010])
    }

    @Test func aSourceMayRemoveAnotherThatIsDue() {
        let bench = Bench()
        let (first, firstSource) = bench.add()
        let (second, secondSource) = bench.add()
        for id in [first, second] { bench.wheel.set(id.index, to: 1010) }
        let remove = { (id: SourceID) in
            bench.wheel.clear(id.index)
            bench.table.remove(id)
        }
        firstSource.clock = {
            remove(second)
            return 1
        }
        secondSource.clock = {
            remove(first)
            return 2
        }
        bench.advance(to: 1010)
        #expect(firstSource.tellings.count + secondSource.tellings.count == 1)
        // The closures hold the bench, and the bench holds their sources.
        for source in [firstSource, secondSource] { source.clock = { 0 } }
    }

    /// Against a plain list of deadlines, over many random steps.
    @Test(arguments: 1...20) func agreesWithASimpleModel(_ seed: UInt64) {
        var random = SplitMix(seed: seed)
        let bench = Bench()
        var deadlines: [Int: UInt32] = [:]
        let entries = (0..<40).map { _ in bench.add() }
        var tellings = [Int](repeating: 0, count: entries.count)
        var tick: UInt32 = 1000
        for _ in 0..<500 {
            let number = Int(random.next() % 40)
            if random.next() % 4 == 0 {
                deadlines[number] = nil
                bench.wheel.set(entries[number].id.index, to: 0)
            } else {
                let deadline = tick + 1 + UInt32(random.next() % 600)
                deadlines[number] = deadline
                bench.wheel.set(entries[number].id.index, to: deadline)
            }
            tick += UInt32(random.next() % 3 == 0 ? random.next() % 400 : random.next() % 4)
            bench.advance(to: tick)
            for (number, deadline) in deadlines where deadline <= tick {
                tellings[number] += 1
                deadlines[number] = nil
            }
            #expect(entries.map(\.source.tellings.count) == tellings)
        }
    }
}
