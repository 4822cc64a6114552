internal import Glibc
package import Platform

/// Loops that one or several servers run on, each with a thread, or turned by its owner.
///
/// A server that stops leaves a group that it did not create as it was: the threads keep running.
package final class EventLoopGroup: Sendable {
    /// The loops, at least one.
    package let loops: [EventLoop]
    private let threads = Lock<[Thread]>([])

    /// Creates the loops, whose threads ``start()`` starts.
    package init(count: Int) throws(SystemError) {
        var loops: [EventLoop] = []
        for _ in 0..<max(1, count) { loops.append(try EventLoop()) }
        self.loops = loops
    }

    /// A group of one loop that has no thread.
    package init(turnedByOwner loop: EventLoop) { loops = [loop] }

    /// Starts a thread for each loop, called `loop-0` and so on; call it once.
    package func start() throws(SystemError) {
        for (number, loop) in loops.enumerated() {
            let thread = try Thread(name: "loop-\(number)") {
                loop.run()
                loop.end()
            }
            threads.withLock { $0.append(thread) }
        }
    }

    /// Stops the threads and waits for them to exit, unless it is called on one of them.
    package func stop() {
        let running = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        let isOwn = loops.contains(where: \.isCurrent)
        for loop in loops { loop.stop() }
        for thread in running { if isOwn { thread.detach() } else { thread.join() } }
        if running.isEmpty { for loop in loops { loop.end() } }
    }

    /// Waits on a thread that is none of the group's, and turns the loops meanwhile if they have no threads.
    ///
    /// - Returns: whether the bell rang in time.
    @discardableResult
    package func wait(for bell: EventBell, upTo limit: Duration) -> Bool {
        guard threads.withLock({ $0.isEmpty }) else { return bell.wait(upTo: limit) }
        let end = MonotonicClock.now() &+ UInt64(clamping: limit.nanoseconds)
        while true {
            let isTurned = loops.map { $0.turn(upTo: EventLoopGroup.step) }.contains(true)
            // Where another thread turns the loop, the bell is all that there is to wait for.
            if bell.wait(upTo: isTurned ? .zero : EventLoopGroup.step) { return true }
            if MonotonicClock.now() >= end { return false }
        }
    }

    /// How long a turn of a loop may wait while its thread also waits for a bell.
    private static let step = Duration.milliseconds(10)
}
