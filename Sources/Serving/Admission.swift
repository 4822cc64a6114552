internal import Synchronization

/// Counts the clients of all loops against `MaxClients`, exactly.
final class Admission: Sendable {
    private let limit: Atomic<Int>
    private let count = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = Atomic(Admission.count(limit))
    }

    /// Limits those who come from now on; whoever is in stays.
    func limit(to clients: Int) {
        limit.store(Admission.count(clients), ordering: .relaxed)
    }

    /// `MaxClients` as a number to compare with.
    private static func count(_ clients: Int) -> Int { clients == 0 ? .max : clients }

    /// Clients that were let in and have not left.
    var clients: Int { count.load(ordering: .relaxed) }

    /// Lets one more client in, unless the house is full.
    func admit() -> Bool {
        var current = count.load(ordering: .relaxed)
        // Not an addition that is taken back: for a moment it would refuse a client for whom
        // another has just made room.
        while current < limit.load(ordering: .relaxed) {
            let (exchanged, original) = count.weakCompareExchange(
                expected: current, desired: current + 1, ordering: .relaxed)
            if exchanged { return true }
            current = original
        }
        return false
    }

    /// One client leaves.
    func leave() {
        count.subtract(1, ordering: .relaxed)
    }
}
