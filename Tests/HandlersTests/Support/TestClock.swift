import Synchronization

/// A clock that stands still until it is set.
final class TestClock: Sendable {
    private let now = Mutex(1_000_000_000)

    var second: Int {
        get { now.withLock { $0 } }
        set { now.withLock { $0 = newValue } }
    }

    func read() -> Int { second }
}
