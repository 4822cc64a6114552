internal import Configuration

/// Hosts that are drained, all within the same time.
struct HostRetirement: Sendable {
    /// The accounts of the hosts.
    let accounts: [HostAccount]
    /// How long their clients may take.
    let drainTimeout: Duration
    private let identities: Set<ObjectIdentifier>

    private init(_ accounts: [HostAccount], drainTimeout: Duration) {
        self.accounts = accounts
        self.drainTimeout = drainTimeout
        identities = Set(accounts.map { ObjectIdentifier($0) })
    }

    /// Groups hosts by their drain time-out.
    ///
    /// - Parameters:
    ///   - hosts: the hosts that retire.
    ///   - limits: the limits of `[Server]`, for hosts without their own.
    ///   - time: a time-out that replaces all of these; nil for none.
    /// - Returns: a group for each time-out, in any order.
    static func groups(
        of hosts: [Host], limits: Limits, within time: Duration? = nil
    ) -> [HostRetirement] {
        Dictionary(grouping: hosts) { time ?? $0.limits.over(limits).drainTimeout }
            .map { HostRetirement($1.map(\.account), drainTimeout: $0) }
    }

    /// Whether a host is one of them.
    func contains(_ host: Host) -> Bool {
        identities.contains(ObjectIdentifier(host.account))
    }

    /// Whether clients are still connected.
    var hasClients: Bool { accounts.contains { $0.clientCount > 0 } }
}
