internal import Platform
internal import Synchronization

/// The counters of a host, and whether it has been retired.
///
/// Shared by the versions of a host that differ in their certificate only: to their clients they are
/// one host.
package final class HostAccount: Sendable {
    /// Clients that are with the host now.
    let clients = Counters.Counter()
    /// Clients that have come to it so far.
    let served = Counters.Counter()
    /// Why it is degraded.
    package let conditions = HostConditions()
    /// The handler that runs, from its start to its stop.
    private let life = Lock<HostLife?>(nil)
    private let isRetiredFlag = Atomic<Bool>(false)
    private let isOverFlag = Atomic<Bool>(false)

    /// Opens an account.
    package init() {}

    /// How many clients are with the host now.
    package var clientCount: Int { clients.value }
    /// Whether the host was changed or removed: its clients are to finish.
    var isRetired: Bool { isRetiredFlag.load(ordering: .relaxed) }
    /// Whether the time to finish has expired.
    var isOver: Bool { isOverFlag.load(ordering: .relaxed) }

    /// Asks the clients of the host to finish.
    func retire() {
        isRetiredFlag.store(true, ordering: .relaxed)
        stopWhenLeft()
    }

    /// Counts a client out.
    func clientWent() {
        clients.decrement()
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
        if isRetired, clients.value <= 0 { stop() }
    }

    /// Admits no more clients.
    func end() { isOverFlag.store(true, ordering: .relaxed) }
}
