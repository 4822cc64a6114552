internal import Configuration
internal import Planning
internal import Serving

/// Finds out what the server is to become: the part of a reload, or of a retry of hosts that are
/// down, that takes a while, on a thread of its own.
struct ReloadJob: Sendable {
    /// What is to be done.
    enum Purpose: Sendable {
        /// Read the file again.
        case reload
        /// Find out what a reload would change.
        case preview
        /// Try the hosts that are due; the others that are in trouble wait.
        case retry(waiting: [String: HostTrouble])
    }

    /// What came of it.
    enum Result: Sendable {
        case ready(Proposal)
        /// What a reload would change.
        case difference(PlanDifference)
        /// Nothing is to change; with the diagnostics for the operator.
        case failed(Findings)
        /// The program is to end.
        case interrupted
    }

    /// What the server is to become.
    struct Proposal: Sendable {
        let planned: PlannedConfiguration
        let outcome: StateTransition.Outcome
        /// What a reload changes; nil for another try.
        let difference: PlanDifference?
        /// What only a restart would change.
        let findings: Findings
    }

    /// What there is to tell, and the text that a terminal shows of it.
    struct Findings: Sendable {
        let diagnostics: Diagnostics
        let sources: [SourceText]
        /// Why the file could not even be read.
        var unreadable: String?

        var text: String {
            (unreadable.map { "error: \($0)\n" } ?? "")
                + DiagnosticPrinter(sources: sources).text(diagnostics)
        }
    }

    let purpose: Purpose
    /// What the file said when it was last applied.
    let planned: PlannedConfiguration
    let running: RunningConfiguration
    let means: StateTransition.Means
    let ticketKeys: TicketKeyRing
    /// How many listeners systemd keeps over a restart; nil without systemd.
    let storeRoom: Int?

    /// Does the work.
    func run() -> Result {
        switch purpose {
        case .reload: reload()
        case .preview: preview()
        case .retry(let waiting): retry(waiting: waiting)
        }
    }

    /// Reads the file, and goes on if it has no mistakes.
    private func read(then body: (PlannedConfiguration) -> Result) -> Result {
        do throws(ConfigurationFileError) {
            let new = try PlannedConfiguration(path: planned.path, registry: means.registry)
            return new.hasErrors ? .failed(new.findings) : body(new)
        } catch {
            return .failed(
                Findings(diagnostics: Diagnostics(), sources: [], unreadable: "\(error)"))
        }
    }

    private func preview() -> Result {
        read { .difference(difference(to: $0, $0.plan)) }
    }

    /// What changes, with `[Server]` as it is in force.
    private func difference(
        to new: PlannedConfiguration, _ plan: ListenPlan
    ) -> PlanDifference {
        PlanDifference(
            from: running.opened.plan, to: plan,
            server: (planned.server.reloaded(since: running.started), new.server))
    }

    private func reload() -> Result {
        read { new in
            var new = new
            let difference = difference(to: new, new.plan)
            let changed = Set(difference.added + difference.changed.map(\.host.new))
            do throws(StateTransition.Failure) {
                let outcome = try transition(to: new).run(
                    changed: changed, mayDegrade: new.server.onHostError == .degrade)
                new.append(outcome.prepared.diagnostics)
                new.append(leftOut: outcome)
                new.append(restartsFor: difference)
                new.append(DirectoryCheck.check(new))
                guard outcome.opened.mayServe || !running.opened.mayServe else {
                    new.appendNobody()
                    return .failed(new.findings)
                }
                if let storeRoom {
                    new.append(ListenerStore.check(outcome.opened.plan, room: storeRoom))
                }
                // Last: it takes effect at once.
                var diagnostics = Diagnostics()
                ticketKeys.use(new.server, into: &diagnostics)
                new.append(diagnostics)
                guard !new.hasErrors else { return .failed(new.findings) }
                return .ready(
                    Proposal(
                        planned: new, outcome: outcome,
                        difference: self.difference(to: new, outcome.opened.plan)
                            .inForce(running.opened.inForce, outcome.opened.inForce),
                        findings: new.findings))
            } catch {
                switch error {
                case .mistakes(let diagnostics): new.append(diagnostics)
                case .troubles(let troubles): new.append(troubles: troubles)
                case .interrupted: return .interrupted
                }
                return .failed(new.findings)
            }
        }
    }

    private func retry(waiting: [String: HostTrouble]) -> Result {
        // Where a host keeps an older version, the plan that is served is not that of the file.
        let changed = Set(
            planned.plan.hosts.indices.filter {
                running.outdated[planned.plan.hosts[$0].section.lowercased()] != nil
            })
        do throws(StateTransition.Failure) {
            let outcome = try transition(to: planned).run(
                changed: changed, postponed: waiting, mayDegrade: true)
            return .ready(
                Proposal(
                    planned: planned, outcome: outcome, difference: nil,
                    findings: Findings(diagnostics: Diagnostics(), sources: [])))
        } catch {
            return .interrupted
        }
    }

    private func transition(to planned: PlannedConfiguration) -> StateTransition {
        StateTransition(
            from: running.opened, to: planned.loaded.settings, planned.plan,
            means: StateTransition.Means(
                registry: means.registry, stateDirectory: StateDirectory.path(planned.server),
                inherited: means.inherited,
                isInterrupted: means.isInterrupted))
    }
}

extension OpenedPlan {
    /// What the machine allowed of the plan.
    fileprivate var inForce: PlanDifference.InForce {
        PlanDifference.InForce(
            endpoints: Set(endpoints.map(\.index)),
            leftOut: Set(states.indices.filter { states[$0].trouble != nil }))
    }
}

extension PlannedConfiguration {
    /// What there is to tell so far.
    var findings: ReloadJob.Findings {
        ReloadJob.Findings(diagnostics: loaded.diagnostics, sources: loaded.sources)
    }

    /// Adds the hosts that the next state takes down or keeps with their previous settings, as warnings.
    fileprivate mutating func append(leftOut outcome: StateTransition.Outcome) {
        for (host, state) in zip(plan.hosts, outcome.opened.states) {
            if let trouble = outcome.outdated[host.section.lowercased()] {
                warn(
                    at: trouble.location,
                    "\(host.section) keeps its previous settings: \(trouble.message)")
            } else if let trouble = state.trouble {
                warn(at: trouble.location, "\(host.section) is down: \(trouble.message)")
            }
        }
        for (index, trouble) in outcome.prepared.degraded
        where outcome.outdated[plan.hosts[index].section.lowercased()] == nil {
            warn(
                at: trouble.location,
                "\(plan.hosts[index].section) refuses its SSL clients: \(trouble.message)")
        }
    }

    /// Adds hosts that may not get into trouble, as errors.
    fileprivate mutating func append(
        troubles: [(host: HostSettings, trouble: HostTrouble)]
    ) {
        var diagnostics = Diagnostics()
        for (host, trouble) in troubles {
            diagnostics.error(
                at: trouble.location, "\(host.section) would be down: \(trouble.message)")
        }
        append(diagnostics)
    }

    /// Adds that a reload would take everybody down.
    fileprivate mutating func appendNobody() {
        var diagnostics = Diagnostics()
        diagnostics.error(
            at: plan.hosts.first?.location ?? SourceLocation(file: path, line: 1, column: 1),
            "no host would be left to serve")
        append(diagnostics)
    }

    /// Adds what a reload cannot change.
    fileprivate mutating func append(restartsFor difference: PlanDifference) {
        for key in difference.server where Schema.server.needsRestart(key) {
            let place = KeyLookup(loaded).server(key)?.location
            warn(
                at: place ?? SourceLocation(file: path, line: 1, column: 1),
                "\(key) takes effect at the next restart")
        }
    }

    private mutating func warn(at location: SourceLocation, _ message: String) {
        var diagnostics = Diagnostics()
        diagnostics.warn(at: location, message)
        append(diagnostics)
    }
}
