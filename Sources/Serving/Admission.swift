internal import Synchronization

/// Counts the clients of all loops against `MaxClients`, exactly.
final class Admission: Sendable {
    private let limit: Int
    private let count = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit == 0 ? .max : limit
    }

    /// Clients that were let in and have not left.
    var clients: Int { count.load(ordering: .relaxed) }

    /// Lets one more client in, unless the house is full.
    func admit() -> Bool {
        guard count.add(1, ordering: .relaxed).newValue <= limit else {
            count.subtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    /// One client leaves.
    func leave() {
        count.subtract(1, ordering: .relaxed)
    }
}
