/// The deadlines of one loop's sources.
///
/// Theory of operation: time is counted in ticks of 2^26 ns (67 ms). The wheel has 256 slots, each
/// the head of a list of sources that the loop looks at when the tick of that slot has passed. A
/// source is linked at most once. Moving its deadline later, which each read does, only stores the
/// new tick: when the old slot comes up the source is found early and linked anew. A deadline
/// beyond the wheel's 17 s is looked at once per turn.
///
/// Raw storage for the reason given at ``SourceTable``.
@safe final class TimerWheel {
    /// A tick lasts 2^26 ns.
    static let tickShift: UInt64 = 26
    private static let size: UInt32 = 256

    private let table: SourceTable
    private let heads: UnsafeMutablePointer<UInt32>
    private var linked = 0
    /// The last tick that was processed.
    private var current: UInt32
    /// No slot before this tick holds anything: spares the scan on each poll.
    private var earliest = UInt32.max

    init(table: SourceTable, now: UInt64) {
        self.table = table
        current = TimerWheel.tick(of: now)
        unsafe heads = .allocate(capacity: Int(TimerWheel.size))
        unsafe heads.initialize(repeating: SourceTable.none, count: Int(TimerWheel.size))
    }

    deinit {
        unsafe heads.deallocate()
    }

    static func tick(of nanoseconds: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: nanoseconds >> tickShift)
    }

    /// Sets the deadline of a slot to `tick`, 0 for none.
    func set(_ index: UInt32, to tick: UInt32) {
        let slot = unsafe table.slot(index)
        unsafe slot.pointee.deadline = tick
        guard tick != 0 else { return }
        let linkedTick = unsafe slot.pointee.linkedTick
        guard linkedTick == 0 || tick < linkedTick else { return }
        if linkedTick != 0 { unlink(index) }
        link(index, deadline: tick)
    }

    /// Removes a slot from the wheel, before its source is removed.
    func clear(_ index: UInt32) {
        let slot = unsafe table.slot(index)
        unsafe slot.pointee.deadline = 0
        if unsafe slot.pointee.linkedTick != 0 { unlink(index) }
    }

    /// How long epoll may wait, in milliseconds, -1 for as long as it likes.
    func milliseconds(from now: UInt64) -> Int32 {
        guard linked > 0 else { return -1 }
        let due = UInt64(earliest) << TimerWheel.tickShift
        return due <= now ? 0 : Int32(min((due - now) / 1_000_000 + 1, 60_000))
    }

    /// Notifies each source whose deadline has passed.
    func advance(to now: UInt64) {
        let tick = TimerWheel.tick(of: now)
        guard linked > 0, tick >= earliest else {
            current = tick
            return
        }
        let first = max(earliest, tick >= TimerWheel.size ? tick - TimerWheel.size + 1 : 0)
        current = tick
        for position in first...tick { look(at: position % TimerWheel.size) }
        findEarliest()
    }

    /// Empties one slot; sources that are not due yet move to a later one.
    private func look(at position: UInt32) {
        var index = unsafe heads[Int(position)]
        unsafe heads[Int(position)] = SourceTable.none
        // The list is detached whole: sources notified below may link, unlink and remove others.
        var due: [SourceID] = []
        while index != SourceTable.none {
            let slot = unsafe table.slot(index)
            let next = unsafe slot.pointee.next
            unsafe (slot.pointee.next, slot.pointee.previous) = (SourceTable.none, SourceTable.none)
            unsafe slot.pointee.linkedTick = 0
            linked -= 1
            let deadline = unsafe slot.pointee.deadline
            if deadline != 0, deadline <= current {
                unsafe slot.pointee.deadline = 0
                due.append(SourceID(index: index, generation: unsafe slot.pointee.generation))
            } else if deadline != 0 {
                link(index, deadline: deadline)
            }
            index = next
        }
        for id in due { table.source(id)?.deadlinePassed() }
    }

    private func link(_ index: UInt32, deadline: UInt32) {
        // Never the slot that is being emptied, and never a full turn away.
        let tick = min(max(deadline, current + 1), current + TimerWheel.size - 1)
        let slot = unsafe table.slot(index)
        let position = Int(tick % TimerWheel.size)
        let head = unsafe heads[position]
        unsafe slot.pointee.linkedTick = tick
        unsafe slot.pointee.next = head
        unsafe slot.pointee.previous = SourceTable.none
        if head != SourceTable.none { unsafe table.slot(head).pointee.previous = index }
        unsafe heads[position] = index
        linked += 1
        earliest = min(earliest, tick)
    }

    private func unlink(_ index: UInt32) {
        let slot = unsafe table.slot(index)
        let (next, previous) = unsafe (slot.pointee.next, slot.pointee.previous)
        if next != SourceTable.none { unsafe table.slot(next).pointee.previous = previous }
        if previous != SourceTable.none {
            unsafe table.slot(previous).pointee.next = next
        } else {
            unsafe heads[Int(slot.pointee.linkedTick % TimerWheel.size)] = next
        }
        unsafe (slot.pointee.next, slot.pointee.previous) = (SourceTable.none, SourceTable.none)
        unsafe slot.pointee.linkedTick = 0
        linked -= 1
    }

    private func findEarliest() {
        earliest = UInt32.max
        guard linked > 0 else { return }
        for distance in 1..<TimerWheel.size
        where unsafe heads[Int((current + distance) % TimerWheel.size)] != SourceTable.none {
            earliest = current + distance
            return
        }
    }
}
