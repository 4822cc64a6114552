package import Configuration
internal import Glibc
package import Planning

/// Computes the next state of a server from a configuration, with as few changes as possible.
///
/// The start is the transition from a state without hosts. A host that is up and unchanged is kept. A changed
/// one that does not come up keeps its old version, unless that clashes with the new settings of another
/// host. A new one that does not come up is down. It makes no difference whether its certificate, its address
/// or its handler fails.
package struct StateTransition {
    /// The objects that hosts are created with.
    package struct Means: Sendable {
        /// The available handlers.
        package let registry: HandlerRegistry
        /// The directory of certificates that the server creates; nil to keep them in memory.
        package let stateDirectory: String?
        /// The sockets that the process was started with.
        package let inherited: InheritedListeners
        /// Whether to abort; checked before each host.
        package let isInterrupted: @Sendable () -> Bool

        /// Creates the means.
        package init(
            registry: HandlerRegistry, stateDirectory: String?, inherited: InheritedListeners,
            isInterrupted: @escaping @Sendable () -> Bool
        ) {
            self.registry = registry
            self.stateDirectory = stateDirectory
            self.inherited = inherited
            self.isInterrupted = isInterrupted
        }
    }

    /// The limits of a transition.
    package struct Limits: Sendable {
        /// Whether hosts may go down or degrade that were not before.
        package var mayDegrade: Bool
        /// How many certificates are examined.
        package var certificates: HostPreparation.Limit
        /// How often listening is retried while ports are in use and no host is up: the program that uses
        /// them may be about to exit.
        package var portTries: Int

        /// Creates the limits.
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
        /// The next state; if hosts keep an old version, its plan is a mixture.
        package let opened: OpenedPlan
        /// The result of preparing the hosts.
        package let prepared: HostPreparation.Result
    }

    /// The reasons why there is no next state.
    package enum Failure: Error {
        /// Mistakes in the file that only a handler could find.
        case mistakes(Diagnostics)
        /// Hosts have new troubles, and ``Limits/mayDegrade`` does not allow it; with the state that would
        /// have resulted.
        case troubles(Outcome, new: [(host: HostSettings, trouble: HostTrouble)])
        /// The program shuts down.
        case interrupted
    }

    /// The time between two attempts to listen, in microseconds.
    private static let portWait: useconds_t = 500_000

    private let server: Server
    private let before: OpenedPlan
    private let settings: Settings
    private let plan: ListenPlan
    private let means: Means
    private let oldIndexes: [SectionID: Int]

    /// Creates a transition from the current state of a server.
    ///
    /// - Parameters:
    ///   - server: the server, whose state must not change until the outcome is served or dropped.
    ///   - settings: the configuration, without mistakes.
    ///   - plan: the plan of the configuration.
    ///   - means: the objects that hosts are created with.
    package init(of server: Server, to settings: Settings, _ plan: ListenPlan, means: Means) {
        self.server = server
        before = server.opened
        self.settings = settings
        self.plan = plan
        self.means = means
        oldIndexes = Dictionary(
            before.plan.hosts.enumerated().map { ($1.id, $0) }
        ) { first, _ in first }
    }

    /// Prepares the changed hosts, opens missing listeners and starts handlers.
    ///
    /// Blocks its thread, which must not be the control thread. The state that is served is not touched.
    /// After a failure, new listeners are closed and new handlers stopped.
    ///
    /// - Parameters:
    ///   - changed: the hosts, by index of the plan, whose settings differ from those that are served.
    ///   - postponed: hosts that are not retried now.
    ///   - limits: the limits of the transition.
    /// - Returns: the next state.
    /// - Throws: why there is none.
    package func run(
        changed: Set<Int> = [], postponed: [SectionID: HostTrouble] = [:], limits: Limits
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
        _ changed: Set<Int>, _ postponed: [SectionID: HostTrouble], _ limit: HostPreparation.Limit
    ) -> HostPreparation.Result {
        HostPreparation.prepare(
            plan, registry: means.registry, stateDirectory: means.stateDirectory, purpose: .serve,
            limit: limit, unless: means.isInterrupted,
            known: { index, host in
                let section = host.id
                if let trouble = postponed[section] { return .down(trouble) }
                guard !changed.contains(index), let old = oldIndexes[section],
                    before.states[old].host?.servesPlain == true
                else { return nil }
                return before.states[old]
            },
            readmitting: { index, host in
                guard changed.contains(index), let old = oldIndexes[host.id],
                    let running = before.states[old].host, !running.isTakenDown,
                    before.plan.hosts[old].differsOnlyInAccess(from: host)
                else { return nil }
                return running
            })
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
        oldIndexes[host.id].map { before.states[$0] }
    }

    /// Keeps the old versions of failing hosts that are up now, as far as they fit the new plan.
    private func keepingOldVersions(
        _ opened: OpenedPlan, _ prepared: HostPreparation.Result
    ) -> OpenedPlan {
        let degraded = Dictionary(prepared.degraded.map { ($0.host, $0.trouble) }) { $1 }
        // A host that serves TLS clients now is not replaced by one that cannot.
        let failing = opened.states.indices.filter { index in
            guard let old = oldState(of: plan.hosts[index])?.host else { return false }
            return opened.states[index].trouble != nil
                || degraded[index] != nil && !old.isTakenDown
        }
        var outdated: [Int: (settings: HostSettings, state: HostState)] = [:]
        for index in failing {
            guard let old = oldIndexes[plan.hosts[index].id] else { continue }
            outdated[index] = (before.plan.hosts[old], before.states[old])
        }
        var (mixture, mistakes) = mix(outdated)
        // When some clash with the new settings of others, they are added one by one.
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
                (plan.hosts[index].id, $0)
            }
        }
        return OpenedPlan(
            mixture, states: states, outdated: Dictionary(uniqueKeysWithValues: reasons),
            after: [before, opened], inherited: means.inherited,
            backlog: settings.server.listenBacklog)
    }

    /// How many old versions are added one by one when they clash with the new plan.
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

extension HostSettings {
    /// Whether other clients may connect, and nothing else has changed.
    fileprivate func differsOnlyInAccess(from other: HostSettings) -> Bool {
        var (own, others) = (self, other)
        own.access = AccessSettings()
        others.access = AccessSettings()
        return isEnabled && other.isEnabled && own.effectiveEntries == others.effectiveEntries
    }
}
