internal import Platform
internal import Synchronization

/// What a host counts, and whether it still takes part.
///
/// Shared by the versions of a host that differ in their certificate only: to their clients they are
/// one host.
package final class HostAccount: Sendable {
    /// Clients that are with the host now.
    let clients = Counters.Counter()
    /// Clients that have come to it so far.
    let served = Counters.Counter()
    /// Why it does not do all that it should.
    package let conditions = HostConditions()
    /// What its handler does beside clients, from its start to its stop.
    private let life = Lock<HostLife?>(nil)
    private let isRetiredFlag = Atomic<Bool>(false)
    private let isOverFlag = Atomic<Bool>(false)

    /// Opens an account.
    package init() {}

    /// How many clients are with the host now.
    package var clientCount: Int { clients.value }
    /// Whether the host was changed or removed: its clients are to finish.
    var isRetired: Bool { isRetiredFlag.load(ordering: .relaxed) }
    /// Whether the time to finish is over.
    var isOver: Bool { isOverFlag.load(ordering: .relaxed) }

    /// Asks the host's clients to finish.
    func retire() {
        isRetiredFlag.store(true, ordering: .relaxed)
        stopWhenLeft()
    }

    /// Counts a client out.
    func clientWent() {
        clients.decrement()
        stopWhenLeft()
    }

    /// A handler that lasts is about to start.
    func begin(_ life: HostLife) { self.life.withLock { $0 = life } }

    /// Whether it has a handler to be stopped.
    var hasLife: Bool { life.withLock { $0 != nil } }

    /// Stops the handler, once; `tell` hears when it has stopped, at once when there is nothing to stop.
    func stop(_ tell: @escaping @Sendable () -> Void = {}) {
        let life = life.withLock { life in
            defer { life = nil }
            return life
        }
        if let life { life.stop(tell) } else { tell() }
    }

    private func stopWhenLeft() {
        if isRetired, clients.value <= 0 { stop() }
    }

    /// Lets nobody begin any more.
    func end() { isOverFlag.store(true, ordering: .relaxed) }
}
