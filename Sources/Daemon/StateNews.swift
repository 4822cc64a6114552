internal import Configuration
internal import EventLoops
internal import Planning
internal import Serving

/// Tells the journal what is different in a state of the server.
struct StateNews {
    /// Up to so many listeners or hosts get a record each.
    private static let recordsEach = 100

    private let old: OpenedPlan?
    private let new: OpenedPlan
    private let journal: EventJournal

    /// Compares with the state before, nil at the start.
    init(from old: OpenedPlan?, to new: OpenedPlan, journal: EventJournal) {
        (self.old, self.new, self.journal) = (old, new, journal)
    }

    /// Posts the hosts that were left out, unless they were for the same reason.
    func tellTroubles() {
        let known = Dictionary(
            zip(old?.plan.hosts ?? [], old?.states ?? []).map {
                ($0.section.lowercased(), $1.trouble?.message)
            }
        ) { first, _ in first }
        for (host, state) in zip(new.plan.hosts, new.states) {
            guard let trouble = state.trouble,
                known[host.section.lowercased()] != trouble.message
            else { continue }
            journal.post(
                ServerEvent(
                    .hostDown, .error, hostTag: host.tag,
                    detail: "\(trouble.message) (\(trouble.location))"))
        }
    }

    /// Posts the hosts that go on as they were, unless they did for the same reason.
    func tellOutdated(_ outdated: [String: HostTrouble], known: [String: HostTrouble]) {
        guard !outdated.isEmpty else { return }
        for host in new.plan.hosts {
            let section = host.section.lowercased()
            guard let trouble = outdated[section], trouble.message != known[section]?.message
            else { continue }
            journal.post(
                ServerEvent(
                    .hostOutdated, .error, hostTag: host.tag,
                    detail: "\(trouble.message) (\(trouble.location))"))
        }
    }

    /// Posts what was opened and closed, what is up and what is gone; after the troubles, for the
    /// queue is bounded and those must not be lost.
    func tellChanges() {
        let before = Set(old?.endpoints.map(\.name) ?? [])
        let after = Set(new.endpoints.map(\.name))
        post(
            (old?.endpoints ?? []).filter { !after.contains($0.name) }.map { endpoint in
                ServerEvent(.listenerClosed, .info, listener: endpoint.name)
            }, inSum: "listeners are closed")
        post(
            new.endpoints.filter { !before.contains($0.name) }.map { endpoint in
                ServerEvent(
                    .listenerOpened, .info,
                    hostTag: endpoint.endpoint.hosts.first.map { new.plan.hosts[$0].tag },
                    listener: endpoint.name)
            }, inSum: "listeners are open")
        let sections = Set(new.plan.hosts.map { $0.section.lowercased() })
        post(
            (old?.plan.hosts ?? []).filter { !sections.contains($0.section.lowercased()) }.map {
                ServerEvent(.hostRemoved, .info, hostTag: $0.tag)
            }, inSum: "hosts are no longer configured")
        let accounts = Set((old?.states ?? []).compactMap(\.account))
        post(
            zip(new.plan.hosts, new.states).filter { _, state in
                state.account.map { !accounts.contains($0) } ?? false
            }.map { host, _ in ServerEvent(.hostUp, .info, hostTag: host.tag) },
            inSum: "hosts are up")
    }

    /// Posts the listeners that could not be set up as their hosts say.
    func tell(stubborn: [(endpoint: OpenedEndpoint, error: SystemError)]) {
        for (endpoint, error) in stubborn {
            journal.post(
                ServerEvent(
                    .configuration, .warning, listener: endpoint.name,
                    detail: "a socket option could not be changed: \(error)",
                    errorNumber: error.code))
        }
    }

    /// Posts each event, or, when there are many, one that counts them.
    private func post(_ events: [ServerEvent], inSum what: String) {
        guard let first = events.first, events.count > StateNews.recordsEach else {
            return events.forEach(journal.post)
        }
        journal.post(ServerEvent(first.kind, first.level, detail: "\(events.count) \(what)"))
    }
}

extension HostState {
    /// What tells a host that is up from one that has taken its place.
    fileprivate var account: ObjectIdentifier? { host.map { ObjectIdentifier($0.account) } }
}
