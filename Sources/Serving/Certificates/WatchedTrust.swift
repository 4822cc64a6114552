internal import TLS

/// The policies for client certificates whose files are watched, by the numbers of ``HostCertificates``.
struct WatchedTrust {
    private var policies: [Int: TLSPolicy] = [:]

    /// The numbers of the policies.
    var ids: Set<Int> { Set(policies.keys) }

    /// The policy with a number, nil for the number of a host's certificates.
    func policy(_ id: Int) -> TLSPolicy? { policies[id] }

    /// The files to watch for a policy.
    func paths(of id: Int) -> [String] { policies[id]?.clientCertificates.paths ?? [] }

    /// Replaces the policies with those of these hosts.
    ///
    /// - Returns: the numbers of policies that no host has any more.
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
