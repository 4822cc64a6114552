import EventLoops
import Platform
import TestSupport
import Testing

@Suite struct EventLoopGroupTests {
    @Test func eachLoopHasAThreadUntilTheStop() throws {
        let group = try EventLoopGroup(count: 3)
        try group.start()
        let bell = try EventBell()
        let left = Lock(3)
        for loop in group.loops {
            loop.perform {
                #expect(loop.isCurrent)
                if left.withLock({ left in
                    left -= 1; return left == 0
                }) {
                    bell.ring()
                }
            }
        }
        #expect(group.wait(for: bell, upTo: patience))
        group.stop()
    }

    @Test func itCanBeStoppedOnALoopOfItsOwn() throws {
        let group = try EventLoopGroup(count: 2)
        try group.start()
        let bell = try EventBell()
        group.loops[0].perform {
            group.stop()
            bell.ring()
        }
        #expect(bell.wait(upTo: patience))
    }

    @Test func aWaitTurnsALoopThatHasNoThread() throws {
        let loop = try EventLoop(isPolled: true)
        let group = EventLoopGroup(turnedByOwner: loop)
        let bell = try EventBell()
        Task(executorPreference: loop) { bell.ring() }
        #expect(group.wait(for: bell, upTo: patience))
        #expect(!group.wait(for: bell, upTo: .milliseconds(20)))
    }
}
