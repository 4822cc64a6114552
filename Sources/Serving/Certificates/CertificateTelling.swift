internal import HandlerAPI
internal import TLS

/// Converts findings about certificates into events.
enum CertificateTelling {
    /// The most findings that get a record each.
    private static let recordsEach = 100

    /// The records about some hosts: one for each finding or, above the limit, one for each kind of finding.
    static func events(
        _ found: [(tag: String, findings: [CertificateFinding])]
    ) -> [ServerEvent] {
        let count = found.reduce(0) { $0 + $1.findings.count }
        guard count > recordsEach else {
            return found.flatMap { tag, findings in findings.map { event(tag, $0) } }
        }
        let all = found.flatMap { tag, findings in findings.map { (tag, $0) } }
        return Dictionary(grouping: all) { $0.1.code }.sorted { $0.key < $1.key }
            .compactMap { _, same in
                guard let (tag, finding) = same.first else { return nil }
                guard same.count > 1 else { return event(tag, finding) }
                var event = event(nil, finding)
                event.detail =
                    "\(same.count) hosts have this about their certificates, \(tag) for one: "
                    + event.detail
                return event
            }
    }

    /// The records about hosts whose authorities or revocation lists were read again: one for each host or,
    /// above the limit, one for all.
    static func trust(_ tags: [String], refusedFor reason: String?) -> [ServerEvent] {
        let (kind, level) =
            reason == nil
            ? (EventKind.trustReplaced, LogLevel.notice) : (.trustRefused, .error)
        guard tags.count > recordsEach else {
            return tags.sorted().map {
                ServerEvent(kind, level, hostTag: $0, detail: reason ?? "")
            }
        }
        let what =
            reason.map { "keep their authorities and revocation lists: \($0)" }
            ?? "verify clients against new authorities or revocation lists"
        return [ServerEvent(kind, level, detail: "\(tags.count) hosts \(what)")]
    }

    private static func event(_ tag: String?, _ finding: CertificateFinding) -> ServerEvent {
        var (kind, level) = (EventKind.certificateWarning, LogLevel.warning)
        if finding.isMadeHere { kind = .certificateMade }
        if case .ended = finding { level = .error }
        return ServerEvent(kind, level, hostTag: tag, detail: finding.message)
    }
}
