/// A source's place in its loop: the data that epoll returns with an event.
///
/// The generation tells a new tenant from the last one, so an event of a descriptor that lives on
/// in a duplicate finds nobody instead of somebody else.
package struct SourceID: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32

    var packed: UInt64 { UInt64(generation) << 32 | UInt64(index) }

    /// The place of a source that no loop has.
    package static let nowhere = SourceID(index: .max, generation: 0)

    init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    init(packed: UInt64) {
        index = UInt32(truncatingIfNeeded: packed)
        generation = UInt32(truncatingIfNeeded: packed >> 32)
    }
}

/// The sources of one loop, each with its deadline's links: 40 bytes a source.
///
/// A class with scalar fields over raw storage, because each array or struct stored in a class
/// property costs a dynamic exclusivity check per access, 160 instructions on a path of 2,600.
@safe final class SourceTable {
    struct Slot {
        var source: (any EventSource)?
        var generation: UInt32
        /// The tick after which the deadline of the source has passed, 0 for no deadline.
        var deadline: UInt32 = 0
        /// The tick under which the slot is linked into the wheel, 0 when it is not.
        var linkedTick: UInt32 = 0
        var next = SourceTable.none
        var previous = SourceTable.none
    }

    /// The index that stands for no slot.
    static let none = UInt32.max

    private(set) var slots: UnsafeMutablePointer<Slot>
    private var capacity = 64
    private var used = 0
    private var firstFree = SourceTable.none

    init() {
        unsafe slots = .allocate(capacity: capacity)
    }

    deinit {
        unsafe slots.deinitialize(count: used)
        unsafe slots.deallocate()
    }

    func insert(_ source: any EventSource) -> SourceID {
        if firstFree != SourceTable.none {
            let index = firstFree
            let slot = unsafe slots + Int(index)
            firstFree = unsafe slot.pointee.next
            unsafe slot.pointee.next = SourceTable.none
            unsafe slot.pointee.source = source
            return SourceID(index: index, generation: unsafe slot.pointee.generation)
        }
        if used == capacity { grow() }
        let index = UInt32(used)
        unsafe (slots + used).initialize(to: Slot(source: source, generation: 1))
        used += 1
        return SourceID(index: index, generation: 1)
    }

    /// Forgets a source that is not linked into the wheel any more.
    func remove(_ id: SourceID) {
        precondition(contains(id), "a source is removed once")
        let slot = unsafe slots + Int(id.index)
        unsafe slot.pointee.source = nil
        unsafe slot.pointee.deadline = 0
        unsafe slot.pointee.generation &+= 1
        unsafe slot.pointee.next = firstFree
        firstFree = id.index
    }

    /// Lets go of all sources; their places stay taken until they are removed.
    func forgetSources() {
        // The table may grow when a source is released.
        var index = 0
        while index < used {
            let source = unsafe (slots + index).pointee.source
            unsafe (slots + index).pointee.source = nil
            withExtendedLifetime(source) {}
            index += 1
        }
    }

    func contains(_ id: SourceID) -> Bool {
        guard Int(id.index) < used else { return false }
        return unsafe (slots + Int(id.index)).pointee.generation == id.generation
    }

    func source(_ id: SourceID) -> (any EventSource)? {
        contains(id) ? unsafe (slots + Int(id.index)).pointee.source : nil
    }

    var sources: [any EventSource] {
        (0..<used).compactMap { unsafe (slots + $0).pointee.source }
    }

    /// The sources in some of the places, and where the next of them are; nil at the end.
    func sources(from place: Int, places: Int) -> (sources: [any EventSource], next: Int?) {
        let end = min(used, place + places)
        guard place < end else { return ([], nil) }
        let found = (place..<end).compactMap { unsafe (slots + $0).pointee.source }
        return (found, end < used ? end : nil)
    }

    func slot(_ index: UInt32) -> UnsafeMutablePointer<Slot> {
        precondition(Int(index) < used)
        return unsafe slots + Int(index)
    }

    private func grow() {
        let larger = UnsafeMutablePointer<Slot>.allocate(capacity: capacity * 2)
        unsafe larger.moveInitialize(from: slots, count: used)
        unsafe slots.deallocate()
        unsafe slots = larger
        capacity *= 2
    }
}
