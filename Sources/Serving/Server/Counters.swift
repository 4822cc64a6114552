internal import Synchronization

/// What one loop counts; written by any thread, read by any thread, ordered with nothing.
final class Counters: Sendable {
    /// One number.
    struct Counter: ~Copyable, Sendable {
        private let number = Atomic<Int>(0)

        var value: Int { number.load(ordering: .relaxed) }

        func increment() { number.add(1, ordering: .relaxed) }
        func decrement() { number.subtract(1, ordering: .relaxed) }
    }

    /// Clients that the loop has, those that are about to reach it included.
    let clients = Counter()
    /// Clients taken from a listener's queue.
    let accepted = Counter()
    /// Clients turned away before their handler saw them.
    let refused = Counter()
    /// Handshakes that came to nothing.
    let handshakesFailed = Counter()
}
