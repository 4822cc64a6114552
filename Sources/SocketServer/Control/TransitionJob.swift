package import Configuration
internal import Planning
package import Serving

/// Works out the next state of a server, on a thread of its own because that takes a while.
struct TransitionJob: Sendable {
    let server: Server
    let planned: PlannedHosts
    /// Hosts that are not retried now.
    let postponed: [SectionID: HostTrouble]
    let limits: StateTransition.Limits
    let isInterrupted: @Sendable () -> Bool

    /// Does the work.
    func run() -> Result<StateTransition.Outcome, ListenError> {
        guard !planned.diagnostics.hasErrors else {
            return .failure(.mistakes(ConfigurationMistakes(planned.diagnostics)))
        }
        let transition = StateTransition(
            of: server, to: planned.loaded.settings, planned.plan,
            means: StateTransition.Means(
                registry: planned.registry, stateDirectory: planned.stateDirectory,
                inherited: InheritedListeners(), isInterrupted: isInterrupted))
        do throws(StateTransition.Failure) {
            let outcome = try transition.run(
                changed: changed, postponed: postponed, limits: limits)
            var found = Diagnostics()
            // Last, for they take effect at once.
            server.ticketKeys.use(planned.server, into: &found)
            guard !found.hasErrors else {
                server.stopHandlers(of: outcome.opened, except: [server.opened])
                return .failure(.mistakes(ConfigurationMistakes(found)))
            }
            return .success(outcome)
        } catch {
            return .failure(ListenError(error))
        }
    }

    /// The hosts whose settings differ from those that are served.
    private var changed: Set<Int> {
        let before = server.opened
        let difference = PlanDifference(from: before.plan, to: planned.plan)
        // Where a host keeps an older version, the plan that is served has its settings.
        return Set(difference.added + difference.changed.map(\.host.new))
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
