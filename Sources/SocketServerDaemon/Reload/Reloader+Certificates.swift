internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving

/// Certificates that turn bad or good while the server runs.
extension Reloader {
    /// Has the keeper watch the certificates of the hosts there are now.
    func watchCertificates(of prepared: HostPreparation.Result) {
        let opened = server.opened
        var next: [SectionID: Host] = [:]
        for host in prepared.holders { next[host.id] = host }
        for (settings, state) in zip(opened.plan.hosts, opened.states) {
            let section = settings.id
            next[section] = state.host ?? next[section] ?? holders[section]
        }
        holders = next
        certificates.adopt(Array(holders.values), found: prepared.reports)
    }

    /// Takes hosts down whose certificates are bad, and brings up those whose are good again.
    func certificatesChanged(_ changes: [CertificateKeeper.Change]) {
        self.changes += changes
        if job == nil { applyChanges() }
    }

    func applyChanges() {
        guard !changes.isEmpty, !isEnding else { return }
        defer { changes = [] }
        let before = server.opened
        let indexes = Dictionary(
            before.plan.hosts.enumerated().map { ($1.id, $0) }
        ) { first, _ in first }
        var states: [Int: HostState] = [:]
        var degraded: [(host: Int, trouble: HostTrouble)] = []
        for (host, trouble) in changes {
            let section = host.id
            // A reload may have given the section to another host meanwhile.
            let holder = holders[section] ?? host
            guard let index = indexes[section], holder.certificates === host.certificates else {
                continue
            }
            host.noteCertificates(trouble)
            holders[section] = host
            guard before.states[index].host != nil else {
                // Its handler has stopped, and its address may be taken: it starts as any other.
                if trouble == nil { retry.hurry(section, at: MonotonicClock.now()) }
                continue
            }
            let isDown = trouble != nil && host.plainService == .none
            states[index] = isDown ? trouble.map { .down($0) } : .up(host)
            if !isDown, let trouble {
                degraded.append((index, trouble))
            } else if trouble == nil {
                journal.post(
                    ServerEvent(
                        .certificateReplaced, .notice, hostTag: host.tag,
                        detail: "its SSL clients are served again"))
            }
        }
        defer { startRetryTimer() }
        guard !states.isEmpty else { return }
        let after = before.replacing(states)
        _ = serve(after)
        retry.note(Set(after.troubles.keys), tried: [], at: MonotonicClock.now())
        let news = StateNews(from: before, to: after, journal: journal)
        news.logTroubles()
        news.logDegraded(degraded)
        news.logChanges()
    }
}
