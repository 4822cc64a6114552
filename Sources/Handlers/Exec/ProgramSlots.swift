internal import Synchronization

/// Counts the programs of one host, on all loops.
final class ProgramSlots: Sendable {
    /// How many there may be at one time.
    let limit: Int
    private let taken = Atomic<Int>(0)

    init(_ limit: Int) {
        self.limit = limit
    }

    /// Takes a place.
    ///
    /// - Returns: false when there is none.
    func take() -> Bool {
        if taken.add(1, ordering: .relaxed).oldValue < limit { return true }
        giveBack()
        return false
    }

    func giveBack() { taken.subtract(1, ordering: .relaxed) }
}
