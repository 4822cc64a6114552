internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving
internal import SocketServer

/// Certificates that turn bad or good while the server runs.
extension Reloader {
    /// Has the keeper watch the certificates of the hosts there are now.
    func watchCertificates(of prepared: HostPreparation.Result) {
        certificates.adopt(
            holders.update(from: prepared, server.opened), found: prepared.reports)
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
        let next = holders.apply(changes, to: before)
        for section in next.hurried { retry.hurry(section, at: MonotonicClock.now()) }
        for host in next.recovered {
            journal.post(
                ServerEvent(
                    .certificateReplaced, .notice, hostTag: host.tag,
                    detail: "its SSL clients are served again"))
        }
        defer { startRetryTimer() }
        guard !next.states.isEmpty else { return }
        let after = before.replacing(next.states)
        _ = serve(after)
        retry.note(Set(after.troubles.keys), tried: [], at: MonotonicClock.now())
        let news = StateNews(from: before, to: after, journal: journal)
        news.logTroubles()
        news.logDegraded(next.degraded)
        news.logChanges()
    }
}
