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
    func retire() { isRetiredFlag.store(true, ordering: .relaxed) }

    /// Lets nobody begin any more.
    func end() { isOverFlag.store(true, ordering: .relaxed) }
}
