internal import Synchronization

/// The counters of one loop; any thread reads and writes them, without ordering.
final class Counters: Sendable {
    /// One number.
    struct Counter: ~Copyable, Sendable {
        private let number = Atomic<Int>(0)

        var value: Int { number.load(ordering: .relaxed) }

        func increment() { number.add(1, ordering: .relaxed) }
        func decrement() { number.subtract(1, ordering: .relaxed) }
    }

    /// Clients of the loop, including those that are being handed over to it.
    let clients = Counter()
    /// Clients accepted from listeners.
    let accepted = Counter()
    /// Clients refused before their handler started.
    let refused = Counter()
    /// Clients disconnected because their drain period had expired.
    let drained = Counter()
    /// Failed handshakes.
    let handshakesFailed = Counter()
}
