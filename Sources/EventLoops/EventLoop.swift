internal import CLinux
internal import Glibc
package import Platform

/// One thread that waits for descriptors, deadlines and jobs, and runs what they start.
///
/// Theory of operation: each turn waits in epoll(7), notifies the sources whose descriptors changed, runs
/// the closures that other threads posted, runs the Swift jobs that became ready, and notifies the sources
/// whose deadline passed. The loop is a `TaskExecutor`: a task that prefers it runs on its thread only, so
/// state that belongs to the loop needs no lock. Call every member on the loop's own thread, except for
/// those documented otherwise.
///
/// The loop's own thread is the one that turns it: the thread in ``run()``, or any thread that calls
/// ``turn(upTo:)``, one at a time. On a loop that is polled, a posted closure runs at once, on the thread that
/// posts it, while no other turns the loop: its owner may be waiting for what the closure does. After
/// ``end()``, what is posted runs on a thread that is started for it.
@safe package final class EventLoop: @unchecked Sendable {
    // Sendable because all mutable state is touched on the loop's thread only, but for `inbox`,
    // which locks, and atomics.
    private let epoll: FileDescriptor
    private let inbox: Inbox
    /// Makes ``descriptor`` readable when a deadline passes; only for a loop that is polled.
    private let alarm: Alarm?
    private let isTurning = Lock(false)
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
    /// The bell and the alarm are not sources: no table index is this high.
    private static let bellMark = UInt64.max
    private static let alarmMark = UInt64.max - 1
    /// How often ``end()`` runs what the last jobs have started.
    private static let lastTurns = 100

    /// Creates a loop, for ``run()`` or ``turn(upTo:)``.
    ///
    /// - Parameter isPolled: whether its owner polls ``descriptor``.
    /// - Throws: epoll_create1(2), eventfd(2), timerfd_create(2).
    package init(isPolled: Bool = false) throws(SystemError) {
        epoll = try FileDescriptor(epoll_create1(CInt(EPOLL_CLOEXEC)), from: "epoll_create1")
        inbox = try Inbox()
        thisTurn = MonotonicClock.now()
        wheel = TimerWheel(table: table, now: thisTurn)
        unsafe events = .allocate(capacity: EventLoop.eventsPerTurn)
        unsafe scratch = .allocate(capacity: EventLoop.scratchSize)
        alarm = isPolled ? try Alarm() : nil
        try control(EPOLL_CTL_ADD, inbox.bellNumber, .readable, mark: EventLoop.bellMark)
        if let alarm {
            try control(EPOLL_CTL_ADD, alarm.number, .readable, mark: EventLoop.alarmMark)
        }
    }

    deinit {
        unsafe events.deallocate()
        unsafe scratch.deallocate()
    }

    /// Adds a source, without a descriptor or a deadline.
    package func add(_ source: any EventSource) -> SourceID {
        assert(isCurrent)
        return table.insert(source)
    }

    /// Removes a source; its descriptor is no longer watched, or is about to be closed.
    package func remove(_ id: SourceID) {
        assert(isCurrent)
        wheel.clear(id.index)
        table.remove(id)
    }

    /// Watches a descriptor for a source (`EPOLL_CTL_ADD`).
    package func watch(
        _ descriptor: CInt, for id: SourceID, _ interest: Readiness
    ) throws(SystemError) {
        try control(EPOLL_CTL_ADD, descriptor, interest, mark: id.packed)
    }

    /// Changes the events that a descriptor is watched for (`EPOLL_CTL_MOD`); impossible with `.exclusive`.
    package func rewatch(
        _ descriptor: CInt, for id: SourceID, _ interest: Readiness
    ) throws(SystemError) {
        try control(EPOLL_CTL_MOD, descriptor, interest, mark: id.packed)
    }

    /// Stops watching a descriptor (`EPOLL_CTL_DEL`); it stays open.
    package func unwatch(_ descriptor: CInt) {
        assert(isCurrent)
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Notifies the source when this time has passed, never early and at most 135 ms late; nil cancels its
    /// deadline.
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

    /// All sources, in no particular order.
    package var sources: [any EventSource] { table.sources }

    /// Some of the sources, to list many without blocking the loop.
    ///
    /// - Parameters:
    ///   - place: 0, or the `next` of the last call.
    ///   - places: how many places to read, empty ones included.
    /// - Returns: the sources, and the next place, nil at the end. Sources added meanwhile may be missed.
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
    ///   - body: gets the bytes if there are any; they are valid until it returns.
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

    /// Runs a closure on the loop: now when called there, else on its next turn; from any thread.
    package func perform(_ closure: @escaping @Sendable () -> Void) {
        if isCurrent { closure() } else { performLater(closure) }
    }

    /// Runs a closure on the loop's next turn; from any thread.
    package func performLater(_ closure: @escaping @Sendable () -> Void) {
        if inbox.append(closure) { runLate() } else if alarm != nil { runPosted() }
    }

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

    /// Runs the loop on the calling thread until ``stop()``.
    package func run() {
        precondition(unsafe clinux_current_loop() == nil, "one loop per thread")
        let isOwn = asOwnThread {
            while !isStopped { turn() }
            isStopped = false
        }
        precondition(isOwn, "one thread per loop")
    }

    /// Readable when a turn would find something to do, if the loop was created to be polled.
    package var descriptor: CInt { epoll.number }

    /// Turns the loop once on the calling thread; from any thread.
    ///
    /// - Parameter limit: how long it waits for something to do.
    /// - Returns: false if it is being turned already.
    @discardableResult
    package func turn(upTo limit: Duration) -> Bool {
        let milliseconds = (max(limit, .zero).nanoseconds + 999_999) / 1_000_000
        return asOwnThread { visit { turn(upTo: Int32(clamping: milliseconds)) } }
    }

    /// Runs the closures that were posted, and no job of a client's task.
    private func runPosted() {
        // A thread that posts while this one runs a closure leaves its closure to this one.
        for _ in 0..<EventLoop.lastTurns where !inbox.isEmpty {
            guard asOwnThread({ visit { emptyInbox() } }) else { return }
        }
    }

    /// Runs a closure on a thread that only now and then turns the loop.
    private func visit(_ body: () -> Void) {
        // The last turn may be long ago.
        thisTurn = MonotonicClock.now()
        BrokenPipe.blocked(during: body)
        thisTurn = MonotonicClock.now()
        alarm?.set(milliseconds: pause)
    }

    /// Ends a loop that no thread runs any more: runs what was posted, then forgets all sources.
    ///
    /// A task that waits for something elsewhere still ends, on a thread that is started for it.
    package func end() {
        inbox.end()
        _ = asOwnThread { runLast() }
    }

    private func runLate() {
        do throws(SystemError) {
            try Thread(name: "loop-late") { [self] in
                // Others of these threads are short.
                while !asOwnThread({ runLast() }) { usleep(1_000) }
            }.detach()
        } catch {
            _ = asOwnThread { runLast() }
        }
    }

    private func runLast() {
        for _ in 0..<EventLoop.lastTurns {
            emptyInbox()
            runJobs()
            if jobs.count == 0, inbox.isEmpty { break }
        }
        table.forgetSources()
    }

    /// Turns the loop in a closure, unless another thread, or this one, is turning it.
    private func asOwnThread(_ body: () -> Void) -> Bool {
        let isFree = isTurning.withLock { isTurning in
            defer { isTurning = true }
            return !isTurning
        }
        guard isFree else { return false }
        let outer = unsafe clinux_current_loop()
        unsafe clinux_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
        body()
        unsafe clinux_set_current_loop(outer)
        isTurning.withLock { $0 = false }
        return true
    }

    /// How long epoll may wait, in milliseconds, -1 for as long as it likes.
    private var pause: Int32 { jobs.count > 0 ? 0 : wheel.milliseconds(from: now) }

    private func turn(upTo limit: Int32 = -1) {
        let pause = pause
        let timeout = pause < 0 ? limit : limit < 0 ? pause : min(pause, limit)
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
            } else if mark == EventLoop.alarmMark {
                // It is set anew after the turn.
                continue
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
        for closure in content.closures { closure() }
    }

    private func runJobs() {
        let executor = unsafe asUnownedTaskExecutor()
        // Jobs that these jobs start wait for the next turn, so that tasks that yield in a loop do not
        // starve the descriptors.
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
        if isCurrent { jobs.append(job) } else if inbox.append(job) { runLate() }
    }
}

/// A time in the coarse clock of one loop, for comparisons and timers.
package struct Deadline: Hashable, Sendable {
    let tick: UInt32

    /// Never.
    package static let none = Deadline(tick: 0)

    /// Four years: the longest wait.
    ///
    /// Ticks count from the machine's start and wrap after nine.
    static let farthest: UInt64 = 4 * 365 * 86_400 * 1_000_000_000
}
