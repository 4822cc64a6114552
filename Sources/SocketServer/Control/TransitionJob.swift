package import Configuration
internal import Planning
package import Serving

/// Works out the next state of a server, on a thread of its own because that takes a while.
package struct TransitionJob: Sendable {
    private let server: Server
    private let planned: PlannedHosts
    private let changed: Set<Int>?
    private let postponed: [SectionID: HostTrouble]
    private let limits: StateTransition.Limits
    private let means: StateTransition.Means

    /// Creates a job, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - server: the server.
    ///   - planned: the hosts to come, without mistakes.
    ///   - changed: the hosts, by index, whose settings differ from those that are served; nil to find out.
    ///   - postponed: hosts that are not retried now.
    ///   - limits: the limits of the transition.
    ///   - inherited: the sockets that the process was started with.
    ///   - isInterrupted: whether to abort; checked before each host.
    init(
        of server: Server, to planned: PlannedHosts, changed: Set<Int>? = nil,
        postponed: [SectionID: HostTrouble] = [:], limits: StateTransition.Limits,
        inherited: InheritedListeners, isInterrupted: @escaping @Sendable () -> Bool
    ) {
        (self.server, self.planned, self.changed) = (server, planned, changed)
        (self.postponed, self.limits) = (postponed, limits)
        means = StateTransition.Means(
            registry: planned.registry, stateDirectory: planned.stateDirectory,
            inherited: inherited,
            isInterrupted: isInterrupted)
    }

    /// Does the work; the state that is served is not touched.
    ///
    /// - Returns: the next state, which is served or withdrawn.
    /// - Throws: why there is none.
    package func run() throws(StateTransition.Failure) -> StateTransition.Outcome {
        let transition = StateTransition(
            of: server, to: planned.loaded.settings, planned.plan, means: means)
        return try transition.run(
            changed: changed ?? difference, postponed: postponed, limits: limits)
    }

    /// The hosts whose settings differ: where one keeps an older version, the plan that is served has its settings.
    private var difference: Set<Int> {
        let before = server.opened.plan
        guard !before.hosts.isEmpty else { return [] }
        let difference = PlanDifference(from: before, to: planned.plan)
        return Set(difference.added + difference.changed.map(\.host.new))
    }

    /// Does the work for a server in code, and uses the ticket keys: last, for they take effect at once.
    func result() -> Result<StateTransition.Outcome, ListenError> {
        do throws(StateTransition.Failure) {
            let outcome = try run()
            var found = Diagnostics()
            server.use(planned.server, into: &found)
            guard found.hasErrors else { return .success(outcome) }
            server.withdraw(outcome)
            return .failure(.mistakes(ConfigurationMistakes(found)))
        } catch {
            return .failure(ListenError(error))
        }
    }
}

extension ListenError {
    init(_ failure: StateTransition.Failure) {
        self =
            switch failure {
            case .mistakes(let found): .mistakes(ConfigurationMistakes(found))
            case .troubles(let outcome, _): .hosts(outcome.opened.reports())
            case .interrupted: .stopped
            }
    }
}

extension OpenedPlan {
    /// The hosts that are down or keep their previous settings, and why.
    package var troubles: [SectionID: HostTrouble] {
        let down = zip(plan.hosts, states).compactMap { host, state in
            state.trouble.map { (host.id, $0) }
        }
        return Dictionary(down) { first, _ in first }.merging(outdated) { _, outdated in outdated }
    }
}
