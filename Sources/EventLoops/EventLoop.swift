internal import CLinux
internal import Glibc
package import Platform

/// One thread that waits for descriptors, deadlines and jobs, and runs what they start.
///
/// Theory of operation: each turn asks epoll(7), tells the sources whose descriptors changed, does
/// the errands of other threads, runs the Swift jobs that became ready, and tells the sources whose
/// deadline passed. The loop is a `TaskExecutor`: a task that prefers it runs on its thread only, so
/// whatever belongs to the loop needs no lock and is touched from here alone. Every member but
/// those that say otherwise is to be called on the loop's own thread.
@safe package final class EventLoop: @unchecked Sendable {
    // Sendable because all mutable state is touched on the loop's thread only, but for `inbox`,
    // which locks, and atomics.
    private let epoll: FileDescriptor
    private let inbox: Inbox
    private let jobs = JobQueue()
    private let table = SourceTable()
    private let wheel: TimerWheel
    private let events: UnsafeMutablePointer<epoll_event>
    private let scratch: UnsafeMutableBufferPointer<UInt8>
    private var isStopped = false
    /// How many bytes of the scratch buffer are lent now; -1 while it is filled.
    private var lent = 0

    /// The time at the beginning of this turn, nanoseconds of CLOCK_MONOTONIC.
    package var now: UInt64 { thisTurn }
    private var thisTurn: UInt64

    /// How many events one turn takes from the kernel.
    private static let eventsPerTurn = 256
    /// The bytes of the buffer that all clients of a loop read into, one after the other.
    private static let scratchSize = 65_536
    /// The bell is no source: no table index reaches this.
    private static let bellMark = UInt64.max

    /// Makes a loop that does not turn yet; ``run()`` or ``start(name:)`` follow.
    package init() throws(SystemError) {
        epoll = try FileDescriptor(epoll_create1(CInt(EPOLL_CLOEXEC)), from: "epoll_create1")
        inbox = try Inbox()
        thisTurn = MonotonicClock.now()
        wheel = TimerWheel(table: table, now: thisTurn)
        unsafe events = .allocate(capacity: EventLoop.eventsPerTurn)
        unsafe scratch = .allocate(capacity: EventLoop.scratchSize)
        try control(EPOLL_CTL_ADD, inbox.bellNumber, .readable, mark: EventLoop.bellMark)
    }

    deinit {
        unsafe events.deallocate()
        unsafe scratch.deallocate()
    }

    /// Takes a source in; it has no descriptor and no deadline yet.
    package func add(_ source: any EventSource) -> SourceID {
        assert(isCurrent)
        return table.insert(source)
    }

    /// Forgets a source; its descriptor has been unwatched or is about to be closed.
    package func remove(_ id: SourceID) {
        assert(isCurrent)
        wheel.clear(id.index)
        table.remove(id)
    }

    /// Begins to watch a descriptor for a source (`EPOLL_CTL_ADD`).
    package func watch(
        _ descriptor: CInt, for id: SourceID, _ interest: Readiness
    ) throws(SystemError) {
        try control(EPOLL_CTL_ADD, descriptor, interest, mark: id.packed)
    }

    /// Changes what a descriptor is watched for (`EPOLL_CTL_MOD`); impossible with `.exclusive`.
    package func rewatch(
        _ descriptor: CInt, for id: SourceID, _ interest: Readiness
    ) throws(SystemError) {
        try control(EPOLL_CTL_MOD, descriptor, interest, mark: id.packed)
    }

    /// Stops to watch a descriptor (`EPOLL_CTL_DEL`); it stays open.
    package func unwatch(_ descriptor: CInt) {
        assert(isCurrent)
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Tells the source when this time has passed, at the earliest then and at most 135 ms later;
    /// nil takes a deadline back.
    package func setDeadline(_ id: SourceID, after duration: Duration?) {
        setDeadline(id, duration.map { deadline(after: $0) } ?? .none)
    }

    /// Sets a deadline computed by ``deadline(after:)``.
    package func setDeadline(_ id: SourceID, _ deadline: Deadline) {
        assert(isCurrent)
        wheel.set(id.index, to: deadline.tick)
    }

    /// The moment a duration from now, in the loop's own coarse time.
    package func deadline(after duration: Duration) -> Deadline {
        let wait = UInt64(clamping: max(duration, .zero).nanoseconds)
        return Deadline(tick: TimerWheel.tick(of: now &+ min(wait, Deadline.farthest)) + 1)
    }

    /// The sources there are, in no order that means anything.
    package var sources: [any EventSource] { table.sources }

    /// Some of the sources, for whoever wants to see many without keeping the loop.
    ///
    /// - Parameters:
    ///   - place: 0, or the `next` of the last call.
    ///   - places: how many places to look into, empty ones included.
    /// - Returns: what is there, and where to go on; nil at the end. Who moves in between is missed.
    package func sources(
        from place: Int, places: Int
    ) -> (sources: [any EventSource], next: Int?) {
        assert(isCurrent)
        return table.sources(from: place, places: places)
    }

    /// Fills the buffer that all sources of this loop share, and lends what is in it.
    ///
    /// - Parameters:
    ///   - fill: writes bytes, at most 64 KiB.
    ///   - body: gets the bytes when there are any; they are gone when it returns.
    package func lendScratch(
        filledBy fill: (inout OutputSpan<UInt8>) -> Void, to body: (Span<UInt8>) throws -> Void
    ) rethrows {
        assert(isCurrent)
        precondition(lent == 0, "a buffer that is lent cannot be filled")
        lent = -1
        defer { lent = 0 }
        var output = unsafe OutputSpan(buffer: scratch, initializedCount: 0)
        fill(&output)
        let count = unsafe output.finalize(for: scratch)
        if count > 0 {
            lent = count
            try body(unsafe UnsafeBufferPointer(start: scratch.baseAddress, count: count).span)
        }
    }

    /// Runs `errand` on the loop: now when called there, else on its next turn; from any thread.
    package func perform(_ errand: @escaping @Sendable () -> Void) {
        if isCurrent { errand() } else { inbox.append(errand) }
    }

    /// Runs `errand` on the loop's next turn; from any thread.
    package func performLater(_ errand: @escaping @Sendable () -> Void) { inbox.append(errand) }

    /// How many bytes of the shared buffer are lent now.
    package var lentCount: Int { lent }

    /// Whether the calling thread is the loop's own; from any thread.
    package var isCurrent: Bool {
        unsafe clinux_current_loop() == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    /// Makes ``run()`` return after this turn; from any thread.
    package func stop() {
        perform { self.isStopped = true }
    }

    /// Turns on the calling thread until ``stop()``.
    package func run() {
        let outer = unsafe clinux_current_loop()
        precondition(unsafe outer == nil, "one loop per thread")
        unsafe clinux_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
        defer { clinux_set_current_loop(nil) }
        while !isStopped { turn() }
        isStopped = false
    }

    private func turn() {
        let timeout = jobs.count > 0 ? 0 : wheel.milliseconds(from: now)
        let count = unsafe epoll_wait(
            epoll.number, events, Int32(EventLoop.eventsPerTurn), timeout)
        thisTurn = MonotonicClock.now()
        var mustEmptyInbox = false
        // A negative count is EINTR: no events this time.
        for number in 0..<max(0, Int(count)) {
            let event = unsafe events[number]
            let mark = unsafe event.data.u64
            if mark == EventLoop.bellMark {
                mustEmptyInbox = true
            } else if let source = table.source(SourceID(packed: mark)) {
                source.descriptorReady(Readiness(rawValue: unsafe event.events))
            }
        }
        if mustEmptyInbox { emptyInbox() }
        runJobs()
        wheel.advance(to: now)
    }

    private func emptyInbox() {
        let content = inbox.takeAll()
        for job in content.jobs { jobs.append(job) }
        for errand in content.errands { errand() }
    }

    private func runJobs() {
        let executor = unsafe asUnownedTaskExecutor()
        // Jobs that these jobs start wait for the next turn, so that nobody who yields again and
        // again keeps the loop from its descriptors.
        for _ in 0..<jobs.count {
            guard let job = jobs.popFirst() else { return }
            unsafe job.runSynchronously(on: executor)
        }
    }

    private func control(
        _ operation: CInt, _ descriptor: CInt, _ interest: Readiness, mark: UInt64
    ) throws(SystemError) {
        var event = unsafe epoll_event()
        unsafe event.events = interest.rawValue
        unsafe event.data.u64 = mark
        guard unsafe epoll_ctl(epoll.number, operation, descriptor, &event) == 0 else {
            throw .last("epoll_ctl")
        }
    }
}

extension EventLoop: TaskExecutor {
    /// Queues a job of a task that prefers this loop; from any thread.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent { jobs.append(job) } else { inbox.append(job) }
    }
}

/// A moment in the coarse time of one loop, good for a comparison and for a timer.
package struct Deadline: Hashable, Sendable {
    let tick: UInt32

    /// Never.
    package static let none = Deadline(tick: 0)

    /// Four years: what a longer wait is cut to.
    ///
    /// Ticks count from the machine's start and wrap after nine.
    static let farthest: UInt64 = 4 * 365 * 86_400 * 1_000_000_000
}
