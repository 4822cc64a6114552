internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving
internal import TextFormats

/// Logs the difference between two states of the server.
struct StateNews {
    /// Up to so many listeners or hosts get a record each.
    private static let recordsEach = 100

    private let old: OpenedPlan
    private let new: OpenedPlan
    private let journal: EventJournal
    /// The tags that several hosts have: their records name the section, too.
    private let sharedTags: Set<String>

    /// Compares two states.
    init(from old: OpenedPlan, to new: OpenedPlan, journal: EventJournal) {
        (self.old, self.new, self.journal) = (old, new, journal)
        // A section of the old plan that is one of the new is the same host.
        let hosts = Dictionary(old.plan.hosts.map { ($0.id, $0.tag) }) {
            $1
        }.merging(new.plan.hosts.map { ($0.id, $0.tag) }) { $1 }
        sharedTags = Set(
            Dictionary(grouping: hosts.values, by: { $0 }).filter { $1.count > 1 }.keys)
    }

    /// Logs the hosts that are down, unless they were for the same reason.
    func logTroubles() {
        let known = Dictionary(
            zip(old.plan.hosts, old.states).map {
                ($0.id, $1.trouble?.message)
            }
        ) { first, _ in first }
        let news: [HostNews] = zip(new.plan.hosts, new.states).compactMap { host, state in
            state.trouble.flatMap {
                known[host.id] == $0.message
                    ? nil : HostNews(tag: host.tag, section: section(of: host), trouble: $0)
            }
        }
        post(news, .hostDown, inSum: ("host is down", "hosts are down"))
    }

    /// Logs the hosts that serve their plain clients only, unless they keep an earlier version.
    func logDegraded(_ degraded: [(host: Int, trouble: HostTrouble)]) {
        let news = degraded.filter {
            new.outdated[new.plan.hosts[$0.host].id] == nil
        }.map { host, trouble in
            HostNews(
                tag: new.plan.hosts[host].tag, section: section(of: new.plan.hosts[host]),
                trouble: trouble)
        }
        post(
            news, .hostDegraded, inSum: ("host serves no SSL clients", "hosts serve no SSL clients")
        )
    }

    /// Logs the hosts that keep their previous settings, unless they did for the same reason.
    func logOutdated() {
        let (outdated, known) = (new.outdated, old.outdated)
        guard !outdated.isEmpty else { return }
        let news: [HostNews] = new.plan.hosts.compactMap { host in
            outdated[host.id].flatMap {
                known[host.id]?.message == $0.message
                    ? nil : HostNews(tag: host.tag, section: section(of: host), trouble: $0)
            }
        }
        post(
            news, .hostOutdated,
            inSum: ("host keeps its previous settings", "hosts keep their previous settings"))
    }

    /// Logs listeners that were opened and closed, and hosts that are up and removed; after the troubles, for the
    /// queue is bounded and those must not be lost.
    func logChanges() {
        let before = Set(old.endpoints.map(\.name))
        let after = Set(new.endpoints.map(\.name))
        post(
            old.endpoints.filter { !after.contains($0.name) }.map { endpoint in
                ServerEvent(.listenerClosed, .info, listener: endpoint.name)
            }, inSum: ("listener is closed", "listeners are closed"))
        post(
            new.endpoints.filter { !before.contains($0.name) }.map { endpoint in
                ServerEvent(
                    .listenerOpened, .info,
                    hostTag: endpoint.endpoint.hosts.first.map { new.plan.hosts[$0].tag },
                    listener: endpoint.name)
            }, inSum: ("listener is open", "listeners are open"))
        let sections = Set(new.plan.hosts.map { $0.id })
        post(
            old.plan.hosts.filter { !sections.contains($0.id) }.map {
                event(.hostRemoved, $0)
            }, inSum: ("host is no longer configured", "hosts are no longer configured"))
        let accounts = Set(old.states.compactMap(\.account))
        post(
            zip(new.plan.hosts, new.states).filter { _, state in
                state.account.map { !accounts.contains($0) } ?? false
            }.map { host, _ in event(.hostUp, host) },
            inSum: ("host is up", "hosts are up"))
    }

    /// Logs the listeners whose socket options could not be set.
    func log(stubborn: [(endpoint: OpenedEndpoint, error: SystemError)]) {
        for (endpoint, error) in stubborn {
            journal.post(
                ServerEvent(
                    .configuration, .warning, listener: endpoint.name,
                    detail: "a socket option could not be changed: \(error)",
                    errorNumber: error.code))
        }
    }

    /// Posts the trouble of each host, or, when there are many, one record for each reason, and one
    /// for all others when there are many reasons.
    private func post(
        _ troubles: [HostNews], _ kind: EventKind, inSum what: (one: String, many: String)
    ) {
        guard troubles.count > StateNews.recordsEach else {
            for one in troubles { post(kind, one) }
            return
        }
        let reasons = Dictionary(grouping: troubles) { $0.trouble.message }
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        for (_, hosts) in reasons.prefix(StateNews.recordsEach) {
            guard let first = hosts.first else { continue }
            guard hosts.count > 1 else {
                post(kind, first)
                continue
            }
            post(
                kind,
                hosts.count.counted(what.one, what.many) + ", \(first.tag) for one: \(first.text)")
        }
        let rest = reasons.dropFirst(StateNews.recordsEach).reduce(0) { $0 + $1.value.count }
        guard rest > 0 else { return }
        post(
            kind,
            rest.counted("more \(what.one)", "more \(what.many)")
                + ": \(ProgramIdentity.command) status has the reasons")
    }

    private func post(_ kind: EventKind, _ news: HostNews) {
        var event = ServerEvent(kind, .error, hostTag: news.tag, detail: news.text)
        event.hostSection = news.section
        journal.post(event)
    }

    private func post(_ kind: EventKind, _ detail: String) {
        journal.post(ServerEvent(kind, .error, detail: detail))
    }

    private func event(_ kind: EventKind, _ host: HostSettings) -> ServerEvent {
        var event = ServerEvent(kind, .info, hostTag: host.tag)
        event.hostSection = section(of: host)
        return event
    }

    private func section(of host: HostSettings) -> String? {
        sharedTags.contains(host.tag) ? host.section : nil
    }

    /// Posts each event, or, when there are many, one that counts them.
    private func post(_ events: [ServerEvent], inSum what: (one: String, many: String)) {
        guard let first = events.first, events.count > StateNews.recordsEach else {
            return events.forEach(journal.post)
        }
        journal.post(
            ServerEvent(
                first.kind, first.level, detail: events.count.counted(what.one, what.many)))
    }
}

/// What is new about a host.
private struct HostNews {
    let tag: String
    let section: String?
    let trouble: HostTrouble
    var text: String { "\(trouble.message) (\(trouble.location))" }
}

extension HostState {
    /// Distinguishes a host that is up from one that has replaced it.
    fileprivate var account: ObjectIdentifier? { host.map { ObjectIdentifier($0.account) } }
}
