internal import Synchronization

/// Counts the clients of all loops against `MaxClients`, exactly, and keeps the last tenth for hosts that
/// have less than their share.
///
/// The share of a host is what each has when all that are up have the same. As long as nine tenths of
/// the places are not taken anybody may have them.
final class Admission: Sendable {
    /// What a client that asks for a place gets.
    enum Answer {
        case welcome
        /// There are `MaxClients` clients.
        case full
        /// The last tenth is for others.
        case shared
    }

    private let limit: Atomic<Int>
    private let count = Atomic<Int>(0)
    /// Clients whose host is not known yet: those in a handshake count as one more host.
    private let undecided = Atomic<Int>(0)
    private let hosts = Atomic<Int>(1)

    init(limit: Int) {
        self.limit = Atomic(Admission.count(limit))
    }

    /// Limits those who come from now on; whoever is in stays.
    func limit(to clients: Int) {
        limit.store(Admission.count(clients), ordering: .relaxed)
    }

    /// Notes how many hosts are up.
    func share(among count: Int) { hosts.store(count, ordering: .relaxed) }

    /// `MaxClients` as a number to compare with.
    private static func count(_ clients: Int) -> Int { clients == 0 ? .max : clients }

    /// Clients that were let in and have not left.
    var clients: Int { count.load(ordering: .relaxed) }

    /// Lets one more client in, unless the house is full.
    ///
    /// - Parameter account: its host's; nil when that is to be found out.
    /// - Returns: whether it is in.
    func admit(_ account: HostAccount?) -> Answer {
        var current = count.load(ordering: .relaxed)
        // Not an addition that is taken back: for a moment it would refuse a client for whom
        // another has just made room.
        while current < limit.load(ordering: .relaxed) {
            let own = account?.clients.value ?? undecided.load(ordering: .relaxed)
            guard mayTake(current, own) else { return .shared }
            let (exchanged, original) = count.weakCompareExchange(
                expected: current, desired: current + 1, ordering: .relaxed)
            if exchanged {
                if account == nil { undecided.add(1, ordering: .relaxed) }
                return .welcome
            }
            current = original
        }
        return .full
    }

    /// A client that was let in without a host has found it, or goes.
    func decided() { undecided.subtract(1, ordering: .relaxed) }

    /// Whether a client that is in may stay with the host that it has found.
    func mayStay(with account: HostAccount) -> Bool {
        mayTake(count.load(ordering: .relaxed) - 1, account.clients.value)
    }

    /// Whether somebody who has `own` places may take another one when `taken` are taken.
    private func mayTake(_ taken: Int, _ own: Int) -> Bool {
        let hosts = hosts.load(ordering: .relaxed)
        let limit = limit.load(ordering: .relaxed)
        guard hosts > 1, taken >= limit - limit / 10 else { return true }
        return own < max(1, limit / hosts)
    }

    /// One client leaves.
    func leave() {
        count.subtract(1, ordering: .relaxed)
    }
}
