internal import HandlerAPI
internal import Platform
internal import Synchronization

/// The counters of a host, and whether it has been retired.
///
/// Shared by the versions of a host that differ in their certificate only: to their clients they are
/// one host.
package final class HostAccount: Sendable {
    /// Clients in the low half, handshakes in the high half; negative once the handler has stopped.
    private let places = Atomic<Int>(0)
    /// Clients that have come to it so far.
    let served = Counters.Counter()
    /// Why it is degraded.
    package let conditions = HostConditions()
    /// The handler that runs, from its start to its stop.
    private let life = Lock<HostLife?>(nil)
    private let isRetiredFlag = Atomic<Bool>(false)
    private let isOverFlag = Atomic<Bool>(false)
    /// The handlers of a retired host.
    private let retiredHandlers = Lock<[any Handler]>([])

    private static let handshake = 1 << 32

    /// Opens an account.
    package init() {}

    /// How many clients are with the host now.
    package var clientCount: Int {
        places.load(ordering: .relaxed) & (HostAccount.handshake - 1)
    }
    /// Whether the host was changed or removed: its clients are to finish.
    var isRetired: Bool { isRetiredFlag.load(ordering: .relaxed) }
    /// The handlers of a retired host, as long as it has clients.
    var handlersOfRetired: [any Handler] { retiredHandlers.withLock { $0 } }

    /// Keeps the handlers for ``handlersOfRetired``.
    func keep(_ handlers: [any Handler]) { retiredHandlers.withLock { $0 = handlers } }

    /// Asks the clients of the host to finish.
    func retire() {
        isRetiredFlag.store(true, ordering: .sequentiallyConsistent)
        stopWhenLeft()
    }

    /// Counts a client, until ``clientWent()``.
    ///
    /// - Returns: whether it may be served: not when the drain period is over or the handler has stopped.
    func clientCame() -> Bool {
        served.increment()
        let count = places.add(1, ordering: .sequentiallyConsistent).newValue
        return count > 0 && !isOverFlag.load(ordering: .relaxed)
    }

    /// Counts a client out.
    func clientWent() {
        places.subtract(1, ordering: .sequentiallyConsistent)
        stopWhenLeft()
    }

    /// Counts a handshake that has chosen the host, so that the handler does not stop before its client
    /// is served.
    func handshakeBegan() {
        places.add(HostAccount.handshake, ordering: .sequentiallyConsistent)
    }

    /// Counts such a handshake out: its client is counted by now, or is gone.
    func handshakeEnded() {
        places.subtract(HostAccount.handshake, ordering: .sequentiallyConsistent)
        stopWhenLeft()
    }

    /// Notes a handler that is about to start.
    func begin(_ life: HostLife) { self.life.withLock { $0 = life } }

    /// Whether a handler runs that is to be stopped.
    var hasLife: Bool { life.withLock { $0 != nil } }

    /// Stops the handler, once.
    ///
    /// - Parameter completion: called when it has stopped; at once when it does not run.
    func stop(_ completion: @escaping @Sendable () -> Void = {}) {
        let life = life.withLock { life in
            defer { life = nil }
            return life
        }
        if let life { life.stop(completion) } else { completion() }
    }

    private func stopWhenLeft() {
        guard isRetiredFlag.load(ordering: .sequentiallyConsistent),
            places.load(ordering: .sequentiallyConsistent) <= 0
        else { return }
        retiredHandlers.withLock { $0 = [] }
        guard hasLife else { return }
        // In one step with the check: a client that comes now is served or refused, never after the stop.
        let (isEmpty, _) = places.compareExchange(
            expected: 0, desired: .min, ordering: .sequentiallyConsistent)
        if isEmpty { stop() }
    }

    /// Admits no more clients.
    func end() { isOverFlag.store(true, ordering: .relaxed) }
}
