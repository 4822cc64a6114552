internal import Synchronization

/// Counts the clients of all loops against `MaxClients`, exactly, and reserves the last tenth.
///
/// The last tenth is for hosts that have less than their share: the clients that each host would have if all
/// hosts that are up had the same number. While fewer than nine tenths of the places are taken, any host may
/// take one.
final class Admission: Sendable {
    /// The result of a request for a place.
    enum Answer: Equatable {
        case welcome
        /// `MaxClients` is reached.
        case full
        /// The last tenth is reserved for other hosts.
        case shared
        /// The program does not admit it (``ServerOptions/admits``).
        case unwanted
        /// Its address may not connect: a list refuses it, or it is no load balancer that the listener trusts.
        case denied(AccessRefusal)
    }

    /// `AllowFrom` and `DenyFrom` of `[Server]`.
    let access = ServerAccess()
    private let limit: Atomic<Int>
    private let count = Atomic<Int>(0)
    /// Clients whose host is not known yet: those in a handshake count as one more host.
    private let undecided = Atomic<Int>(0)
    private let hosts = Atomic<Int>(1)

    init(limit: Int) {
        self.limit = Atomic(Admission.count(limit))
    }

    /// Sets the limit for new clients; connected clients stay.
    func limit(to clients: Int) {
        limit.store(Admission.count(clients), ordering: .relaxed)
    }

    /// Sets the number of hosts that are up.
    func share(among count: Int) { hosts.store(count, ordering: .relaxed) }

    /// `MaxClients` as a number to compare with.
    private static func count(_ clients: Int) -> Int { clients == 0 ? .max : clients }

    /// Clients that were admitted and are still connected.
    var clients: Int { count.load(ordering: .relaxed) }

    /// Admits one more client, unless the limit is reached.
    ///
    /// - Parameter account: its host's; nil when the host is not known yet.
    /// - Returns: whether it was admitted.
    func admit(_ account: HostAccount?) -> Answer {
        var current = count.load(ordering: .relaxed)
        // Not an addition that is undone above the limit: for a moment, it would cause another client to be
        // refused although there is a place.
        while current < limit.load(ordering: .relaxed) {
            let own = account?.clientCount ?? undecided.load(ordering: .relaxed)
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

    /// Records that a client that was admitted without a host has found it, or disconnects.
    func decided() { undecided.subtract(1, ordering: .relaxed) }

    /// Whether an admitted client may stay with the host that it has found.
    func mayStay(with account: HostAccount) -> Bool {
        mayTake(count.load(ordering: .relaxed) - 1, account.clientCount)
    }

    /// Whether a host with `own` places may take another when `taken` are taken in all.
    private func mayTake(_ taken: Int, _ own: Int) -> Bool {
        let hosts = hosts.load(ordering: .relaxed)
        let limit = limit.load(ordering: .relaxed)
        guard hosts > 1, taken >= limit - limit / 10 else { return true }
        return own < max(1, limit / hosts)
    }

    /// Releases the place of a client.
    func leave() {
        count.subtract(1, ordering: .relaxed)
    }
}
