package import Configuration
internal import Glibc
package import Planning

/// Works out the next state of a server: what a configuration requests as far as the machine allows,
/// with as little change as possible.
///
/// The start is the transition from a state without hosts. A host that is up and unchanged is kept. A
/// changed one that does not come up keeps its old version, unless that clashes with the new settings of
/// another host. A new one that does not come up is down. It makes no difference whether its certificate,
/// its address or its handler fails.
package struct StateTransition {
    /// What hosts are made with.
    package struct Means: Sendable {
        /// The handlers there are.
        package let registry: HandlerRegistry
        /// Where certificates that are made here are kept.
        package let stateDirectory: String
        /// The sockets that the process was started with.
        package let inherited: InheritedListeners
        /// Whether to give up; asked before each host.
        package let isInterrupted: @Sendable () -> Bool

        /// Sets each.
        package init(
            registry: HandlerRegistry, stateDirectory: String, inherited: InheritedListeners,
            isInterrupted: @escaping @Sendable () -> Bool
        ) {
            self.registry = registry
            self.stateDirectory = stateDirectory
            self.inherited = inherited
            self.isInterrupted = isInterrupted
        }
    }

    /// How much a transition may do.
    package struct Limits: Sendable {
        /// Whether hosts may be down, or degraded, that were not before.
        package var mayDegrade: Bool
        /// How many certificates are examined.
        package var certificates: HostPreparation.Limit
        /// How often listening is retried while ports are taken and no host is up: the program that has
        /// them may be about to exit.
        package var portTries: Int

        /// Sets each.
        package init(
            mayDegrade: Bool, certificates: HostPreparation.Limit = .none, portTries: Int = 0
        ) {
            self.mayDegrade = mayDegrade
            self.certificates = certificates
            self.portTries = portTries
        }
    }

    /// The next state.
    package struct Outcome: Sendable {
        /// The next state; where hosts keep their old version, the plan is a mixture.
        package let opened: OpenedPlan
        /// What the preparation of the hosts found.
        package let prepared: HostPreparation.Result
    }

    /// Why there is none.
    package enum Failure: Error {
        /// Mistakes of the file that only a handler could find.
        case mistakes(Diagnostics)
        /// Hosts are in trouble that were not before, and ``Limits/mayDegrade`` does not allow it; with
        /// the state that would have come of it.
        case troubles(Outcome, new: [(host: HostSettings, trouble: HostTrouble)])
        /// The program shuts down.
        case interrupted
    }

    /// How long to wait between two tries for ports, in microseconds.
    private static let portWait: useconds_t = 500_000

    private let server: Server
    private let before: OpenedPlan
    private let settings: Settings
    private let plan: ListenPlan
    private let means: Means
    private let oldIndexes: [String: Int]

    /// A transition from the state that a server has now.
    ///
    /// - Parameters:
    ///   - server: the server, whose state must not change until the outcome is served or dropped.
    ///   - settings: the configuration, without mistakes.
    ///   - plan: the plan of it.
    ///   - means: what hosts are made with.
    package init(of server: Server, to settings: Settings, _ plan: ListenPlan, means: Means) {
        self.server = server
        before = server.opened
        self.settings = settings
        self.plan = plan
        self.means = means
        oldIndexes = Dictionary(
            before.plan.hosts.enumerated().map { ($1.section.lowercased(), $0) }
        ) { first, _ in first }
    }

    /// Prepares the changed hosts, opens missing listeners and starts handlers.
    ///
    /// Blocks its thread, which must not be the control thread. The state that is served is not touched. The
    /// listeners and handlers of a failure are closed and stopped.
    ///
    /// - Parameters:
    ///   - changed: the hosts, by index of the plan, whose settings differ from those that are served.
    ///   - postponed: hosts that are not retried now, by section in lower case.
    ///   - limits: how much may be done.
    /// - Returns: the next state.
    /// - Throws: why there is none.
    package func run(
        changed: Set<Int> = [], postponed: [String: HostTrouble] = [:], limits: Limits
    ) throws(Failure) -> Outcome {
        let prepared = prepare(changed, postponed, limits.certificates)
        guard !prepared.isInterrupted else { throw .interrupted }
        guard !prepared.diagnostics.hasErrors else { throw .mistakes(prepared.diagnostics) }
        let opened = try open(prepared, tries: limits.portTries)
        try refuseNewTroubles(of: Outcome(opened: opened, prepared: prepared), limits)
        let started = server.startHandlers(of: opened, unless: means.isInterrupted)
        do throws(Failure) {
            guard !means.isInterrupted() else { throw .interrupted }
            try refuseNewTroubles(of: Outcome(opened: started, prepared: prepared), limits)
        } catch {
            server.stopHandlers(of: started, except: [before])
            throw error
        }
        let next = keepingOldVersions(started, prepared)
        server.stopHandlers(of: started, except: [before, next])
        return Outcome(opened: next, prepared: prepared)
    }

    private func prepare(
        _ changed: Set<Int>, _ postponed: [String: HostTrouble], _ limit: HostPreparation.Limit
    ) -> HostPreparation.Result {
        HostPreparation.prepare(
            plan, registry: means.registry, stateDirectory: means.stateDirectory, purpose: .serve,
            limit: limit, unless: means.isInterrupted
        ) { index, host in
            let section = host.section.lowercased()
            if let trouble = postponed[section] { return .down(trouble) }
            guard !changed.contains(index), let old = oldIndexes[section],
                before.states[old].host?.servesPlain == true
            else { return nil }
            return before.states[old]
        }
    }

    private func open(
        _ prepared: HostPreparation.Result, tries: Int
    ) throws(Failure) -> OpenedPlan {
        var left = tries
        while true {
            let opened = OpenedPlan(
                plan, states: prepared.states, after: [before], inherited: means.inherited,
                backlog: settings.server.listenBacklog)
            guard left > 0, !opened.mayServe,
                opened.states.contains(where: { $0.trouble?.kind == .taken })
            else { return opened }
            left -= 1
            usleep(StateTransition.portWait)
            guard !means.isInterrupted() else { throw .interrupted }
        }
    }

    private func refuseNewTroubles(of outcome: Outcome, _ limits: Limits) throws(Failure) {
        guard !limits.mayDegrade else { return }
        let down = zip(plan.hosts, outcome.opened.states).compactMap { host, state in
            state.trouble.map { (host: host, trouble: $0) }
        }.filter { oldState(of: $0.host)?.trouble == nil }
        let degraded = outcome.prepared.degraded.map { index, trouble in
            (host: plan.hosts[index], trouble: trouble)
        }.filter { degraded in
            guard let old = oldState(of: degraded.host) else { return true }
            return old.trouble == nil && old.host?.isTakenDown != true
        }
        guard down.isEmpty, degraded.isEmpty else {
            throw .troubles(outcome, new: down + degraded)
        }
    }

    private func oldState(of host: HostSettings) -> HostState? {
        oldIndexes[host.section.lowercased()].map { before.states[$0] }
    }

    /// Keeps the old versions of hosts in trouble that are up now, as far as they fit the new plan.
    private func keepingOldVersions(
        _ opened: OpenedPlan, _ prepared: HostPreparation.Result
    ) -> OpenedPlan {
        let degraded = Dictionary(prepared.degraded.map { ($0.host, $0.trouble) }) { $1 }
        // A host that serves TLS clients now is not given up for one that cannot.
        let failing = opened.states.indices.filter { index in
            guard let old = oldState(of: plan.hosts[index])?.host else { return false }
            return opened.states[index].trouble != nil
                || degraded[index] != nil && !old.isTakenDown
        }
        var outdated: [Int: (settings: HostSettings, state: HostState)] = [:]
        for index in failing {
            guard let old = oldIndexes[plan.hosts[index].section.lowercased()] else { continue }
            outdated[index] = (before.plan.hosts[old], before.states[old])
        }
        var (mixture, mistakes) = mix(outdated)
        // When some clash with the new settings of others, they are added one after the other.
        if mistakes.hasErrors {
            let all = outdated
            outdated = [:]
            for index in failing.prefix(StateTransition.triesAlone) {
                var more = outdated
                more[index] = all[index]
                if !mix(more).mistakes.hasErrors { outdated = more }
            }
            (mixture, mistakes) = mix(outdated)
        }
        guard !outdated.isEmpty else { return opened }
        var states = opened.states
        for (index, old) in outdated { states[index] = old.state }
        let reasons = outdated.keys.compactMap { index in
            (opened.states[index].trouble ?? degraded[index]).map {
                (plan.hosts[index].section.lowercased(), $0)
            }
        }
        return OpenedPlan(
            mixture, states: states, outdated: Dictionary(uniqueKeysWithValues: reasons),
            after: [before, opened], inherited: means.inherited,
            backlog: settings.server.listenBacklog)
    }

    /// How many old versions are added one after the other when they clash with the new plan.
    static let triesAlone = 100

    private func mix(
        _ old: [Int: (settings: HostSettings, state: HostState)]
    ) -> (plan: ListenPlan, mistakes: Diagnostics) {
        guard !old.isEmpty else { return (plan, Diagnostics()) }
        var mixture = settings
        for (index, host) in old { mixture.hosts[index] = host.settings }
        let planned = Planner.plan(mixture)
        return (planned.plan, planned.diagnostics)
    }
}
