package import Configuration
internal import HandlerAPI
package import Planning

/// Works out the next state of a server: what a configuration asks for as far as the machine allows,
/// with as little change as can be.
///
/// A host that says what it said, and is up, is kept. One that says something else and gets into
/// trouble keeps its old version, unless that cannot stand beside what the others say now; one that
/// did not serve before is down.
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

        /// Joins them.
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

    /// What the next state is.
    package struct Outcome: Sendable {
        /// The next state; where hosts keep their old version, the plan is a mixture.
        package let opened: OpenedPlan
        /// Why hosts keep their old version, by section in lower case.
        package let outdated: [String: HostTrouble]
        /// What the preparation of the hosts found.
        package let prepared: HostPreparation.Result
    }

    /// Why there is none.
    package enum Failure: Error {
        /// Mistakes of the file that only a handler could find.
        case mistakes(Diagnostics)
        /// Hosts that are in trouble now and were not before, where that is not allowed.
        case troubles([(host: HostSettings, trouble: HostTrouble)])
        /// The program is to end.
        case interrupted
    }

    private let before: OpenedPlan
    private let settings: Settings
    private let plan: ListenPlan
    private let means: Means
    private let oldIndexes: [String: Int]

    /// Wants to go from a state to what a configuration says.
    ///
    /// - Parameters:
    ///   - before: what is served now.
    ///   - settings: the configuration, without mistakes.
    ///   - plan: the plan of it.
    ///   - means: what hosts are made with.
    package init(from before: OpenedPlan, to settings: Settings, _ plan: ListenPlan, means: Means) {
        self.before = before
        self.settings = settings
        self.plan = plan
        self.means = means
        oldIndexes = Dictionary(
            before.plan.hosts.enumerated().map { ($1.section.lowercased(), $0) }
        ) { first, _ in first }
    }

    /// Prepares what has changed and opens what is missing; what is served now is not touched.
    ///
    /// Hosts and listeners of a failure are given back.
    ///
    /// - Parameters:
    ///   - changed: the hosts, by index of the plan, that say something else than they do now.
    ///   - postponed: hosts that are not tried this time, by section in lower case.
    ///   - mayDegrade: whether hosts may get into trouble that were in none.
    /// - Returns: the next state.
    /// - Throws: why there is none.
    package func run(
        changed: Set<Int>, postponed: [String: HostTrouble] = [:], mayDegrade: Bool
    ) throws(Failure) -> Outcome {
        let prepared = HostPreparation.prepare(
            plan, registry: means.registry, stateDirectory: means.stateDirectory, purpose: .serve,
            unless: means.isInterrupted
        ) { index, host in
            let section = host.section.lowercased()
            if let trouble = postponed[section] { return .down(trouble) }
            guard !changed.contains(index), let old = oldIndexes[section],
                before.states[old].host?.servesPlain == true
            else { return nil }
            return before.states[old]
        }
        guard !prepared.isInterrupted else { throw .interrupted }
        guard !prepared.diagnostics.hasErrors else { throw .mistakes(prepared.diagnostics) }
        let opened = OpenedPlan(
            plan, states: prepared.states, after: [before], inherited: means.inherited,
            backlog: settings.server.listenBacklog)
        let troubles = zip(plan.hosts, opened.states).compactMap { host, state in
            state.trouble.map { (host: host, trouble: $0) }
        }
        let new =
            troubles.filter { oldState(of: $0.host)?.trouble == nil }
            + prepared.degraded.map { (host: plan.hosts[$0.host], trouble: $0.trouble) }.filter {
                oldState(of: $0.host)?.host?.isTakenDown == false
            }
        guard mayDegrade || new.isEmpty else { throw .troubles(new) }
        return outcome(opened, prepared)
    }

    private func oldState(of host: HostSettings) -> HostState? {
        oldIndexes[host.section.lowercased()].map { before.states[$0] }
    }

    /// Lets the hosts in trouble that serve now go on as they are, as far as they can.
    private func outcome(_ opened: OpenedPlan, _ prepared: HostPreparation.Result) -> Outcome {
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
        // Of those that clash with what others say now, each is tried alone after the others.
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
        guard !outdated.isEmpty else {
            return Outcome(opened: opened, outdated: [:], prepared: prepared)
        }
        var states = opened.states
        for (index, old) in outdated { states[index] = old.state }
        let reasons = outdated.keys.compactMap { index in
            (opened.states[index].trouble ?? degraded[index]).map {
                (plan.hosts[index].section.lowercased(), $0)
            }
        }
        return Outcome(
            opened: OpenedPlan(
                mixture, states: states, after: [before, opened], inherited: means.inherited,
                backlog: settings.server.listenBacklog),
            outdated: Dictionary(uniqueKeysWithValues: reasons), prepared: prepared)
    }

    /// Of so many hosts in trouble it is found out whose old version clashes with the new plan.
    private static let triesAlone = 100

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
