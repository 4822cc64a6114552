internal import Synchronization

/// Limits the programs of one host, on all loops together.
final class ProgramSlots: Sendable {
    /// How many programs may run at a time.
    let limit: Int
    private let taken = Atomic<Int>(0)

    init(_ limit: Int) {
        self.limit = limit
    }

    /// Takes a slot.
    ///
    /// - Returns: false when all are taken.
    func take() -> Bool {
        if taken.add(1, ordering: .relaxed).oldValue < limit { return true }
        release()
        return false
    }

    func release() { taken.subtract(1, ordering: .relaxed) }
}
