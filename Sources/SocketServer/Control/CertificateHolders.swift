internal import Configuration
internal import Planning
internal import Serving

/// The hosts with certificates, also those that are down because of theirs.
struct CertificateHolders {
    private var holders: [SectionID: Host] = [:]

    /// Creates an empty set.
    init() {}

    /// What certificates that turned out bad or good change.
    struct Outcome {
        /// The new states of hosts, by index of the plan.
        var states: [Int: HostState] = [:]
        /// Hosts that serve their plain clients only from now on.
        var degraded: [(host: Int, trouble: HostTrouble)] = []
        /// Hosts whose TLS clients are served again.
        var recovered: [Host] = []
        /// Hosts that are down and can be retried at once.
        var hurried: [SectionID] = []
    }

    /// Takes over the hosts of the next state.
    ///
    /// - Returns: the hosts to watch (``CertificateKeeper/adopt(_:found:)``).
    mutating func update(
        from prepared: HostPreparation.Result, _ opened: OpenedPlan
    ) -> [Host] {
        var next: [SectionID: Host] = [:]
        for host in prepared.holders { next[host.id] = host }
        for (settings, state) in zip(opened.plan.hosts, opened.states) {
            let section = settings.id
            next[section] = state.host ?? next[section] ?? holders[section]
        }
        holders = next
        return Array(holders.values)
    }

    /// Works out which hosts go down because their certificates are bad, and which return.
    mutating func apply(
        _ changes: [CertificateKeeper.Change], to opened: OpenedPlan
    ) -> Outcome {
        let indexes = Dictionary(
            opened.plan.hosts.enumerated().map { ($1.id, $0) }
        ) { first, _ in first }
        var outcome = Outcome()
        for (host, trouble) in changes {
            let section = host.id
            // A reload may have given the section to another host meanwhile.
            let holder = holders[section] ?? host
            guard let index = indexes[section], holder.certificates === host.certificates else {
                continue
            }
            host.noteCertificates(trouble)
            holders[section] = host
            guard opened.states[index].host != nil else {
                // Its handler has stopped, and its address may be taken: it starts as any other.
                if trouble == nil { outcome.hurried.append(section) }
                continue
            }
            let isDown = trouble != nil && host.plainService == .none
            outcome.states[index] = isDown ? trouble.map { .down($0) } : .up(host)
            if !isDown, let trouble {
                outcome.degraded.append((index, trouble))
            } else if trouble == nil {
                outcome.recovered.append(host)
            }
        }
        return outcome
    }
}
