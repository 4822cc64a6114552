internal import TLS

/// The policies whose files say which client certificates are good, each with a number among those of
/// ``HostCertificates``.
struct WatchedTrust {
    private var policies: [Int: TLSPolicy] = [:]

    /// The numbers.
    var ids: Set<Int> { Set(policies.keys) }

    /// The policy of a number, nil where that is not a policy's.
    func policy(_ id: Int) -> TLSPolicy? { policies[id] }

    /// What is to be watched for a policy.
    func paths(of id: Int) -> [String] { policies[id]?.clientCertificates.paths ?? [] }

    /// Has the policies of these hosts from now on.
    ///
    /// - Returns: the numbers of those that no host has any more.
    mutating func take(_ hosts: some Sequence<Host>) -> [Int] {
        let policies = Set(
            hosts.lazy.compactMap { $0.identity?.context.policy }
                .filter { $0.clientCertificates.demand != .none })
        let wanted = policies.filter { !$0.clientCertificates.paths.isEmpty }
        let gone = self.policies.filter { !wanted.contains($0.value) }.map(\.key)
        for id in gone { self.policies[id] = nil }
        for policy in wanted.subtracting(self.policies.values) {
            self.policies[HostCertificates.newID()] = policy
        }
        return gone
    }
}
