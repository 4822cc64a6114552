internal import Configuration
internal import Planning
internal import Serving
internal import SocketServer

/// Works out the next state of the server, on a thread of its own because that takes a while: for the
/// start or a reload.
struct ReloadJob: Sendable {
    /// What to do.
    enum Purpose: Sendable {
        /// Go from nothing to the configuration that has been read.
        case start
        /// Read the file again.
        case reload
        /// Find out what a reload would change.
        case preview
    }

    /// The result.
    enum Result: Sendable {
        case ready(Proposal)
        /// What a reload would change.
        case difference(PlanDifference)
        /// Nothing is to change.
        case failed(Rejection)
        /// The program shuts down.
        case interrupted
    }

    /// The next state of the server.
    struct Proposal: Sendable {
        let planned: PlannedConfiguration
        let outcome: StateTransition.Outcome
        /// What a reload changes; nil for a start.
        let difference: PlanDifference?
        /// What the operator has to know.
        let findings: Findings
    }

    /// Why there is no next state.
    struct Rejection: Sendable {
        let findings: Findings
        /// Why a start fails.
        var reason = "the configuration has mistakes"
        /// The state that a start does not accept.
        var outcome: StateTransition.Outcome?
    }

    /// Diagnostics, and the text that a terminal shows of them.
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

    /// How often a start retries listening where no host could serve because ports are taken.
    static let portTries = 5

    let purpose: Purpose
    /// The configuration that was applied last, or the one to start with.
    let planned: PlannedConfiguration
    /// `[Server]` as it was at the start.
    let started: ServerSettings
    let state: StateControl
    /// How often a start retries listening; a socket that was inherited is there for one try.
    let portTries: Int
    /// How many listeners systemd keeps over a restart; nil without systemd.
    let storeRoom: Int?

    /// Does the work.
    func run() -> Result {
        switch purpose {
        case .start: start()
        case .reload: read { reload(to: $0, difference(to: $0, $0.plan)) }
        case .preview: read { .difference(difference(to: $0, $0.plan)) }
        }
    }

    /// Reads the file, and continues if it has no mistakes.
    private func read(then body: (PlannedConfiguration) -> Result) -> Result {
        do throws(ConfigurationFileError) {
            let new = try PlannedConfiguration(path: planned.path, registry: planned.registry)
            return new.hasErrors ? .failed(Rejection(findings: new.findings)) : body(new)
        } catch {
            return .failed(
                Rejection(
                    findings: Findings(
                        diagnostics: Diagnostics(), sources: [], unreadable: "\(error)")))
        }
    }

    /// The changes, with `[Server]` as it is in force.
    private func difference(
        to new: PlannedConfiguration, _ plan: ListenPlan
    ) -> PlanDifference {
        PlanDifference(
            from: state.server.opened.plan, to: plan,
            server: (planned.server.reloaded(since: started), new.server))
    }

    /// The file's own diagnostics have been reported by now.
    private func start() -> Result {
        let degrades = planned.server.onHostError == .degrade
        return propose(
            planned,
            limits: StateTransition.Limits(
                mayDegrade: degrades, certificates: degrades ? .start : .none,
                portTries: portTries)
        ) { outcome, found in
            found.append(contentsOf: check(planned, outcome))
            let findings = Findings(diagnostics: found, sources: planned.loaded.sources)
            if found.hasErrors { return .failed(Rejection(findings: findings)) }
            guard outcome.opened.mayServe else {
                return .failed(
                    Rejection(
                        findings: findings, reason: "no host is left to serve", outcome: outcome))
            }
            return .ready(
                Proposal(
                    planned: planned, outcome: outcome, difference: nil, findings: findings))
        }
    }

    private func reload(to new: PlannedConfiguration, _ difference: PlanDifference) -> Result {
        let changed = Set(difference.added + difference.changed.map(\.host.new))
        return propose(
            new, changed: changed,
            limits: StateTransition.Limits(mayDegrade: new.server.onHostError == .degrade)
        ) { outcome, found in
            var new = new
            new.append(found)
            new.append(troublesOf: outcome)
            new.append(restartsFor: difference)
            let before = state.server.opened
            guard outcome.opened.mayServe || !before.mayServe else {
                new.appendNobody()
                return .failed(Rejection(findings: new.findings))
            }
            new.append(check(new, outcome))
            guard !new.hasErrors else { return .failed(Rejection(findings: new.findings)) }
            return .ready(
                Proposal(
                    planned: new, outcome: outcome,
                    difference: self.difference(to: new, outcome.opened.plan)
                        .inForce(before.inForce, outcome.opened.inForce),
                    findings: new.findings))
        }
    }

    /// Makes the transition to a configuration, and has its outcome judged.
    private func propose(
        _ new: PlannedConfiguration, changed: Set<Int> = [], limits: StateTransition.Limits,
        _ judge: (StateTransition.Outcome, inout Diagnostics) -> Result
    ) -> Result {
        let transition = state.transition(to: new.hosts, changed: changed, limits: limits)
        do throws(StateTransition.Failure) {
            let outcome = try transition.run()
            var found = outcome.prepared.diagnostics
            let result = judge(outcome, &found)
            if case .failed = result { state.server.withdraw(outcome) }
            return result
        } catch {
            return result(of: error, new)
        }
    }

    private func result(
        of failure: StateTransition.Failure, _ new: PlannedConfiguration
    ) -> Result {
        func findings(_ diagnostics: Diagnostics) -> Findings {
            Findings(diagnostics: diagnostics, sources: new.loaded.sources)
        }
        var judged = new
        switch (failure, purpose) {
        case (.interrupted, _):
            return .interrupted
        case (.mistakes(let found), .start):
            return .failed(Rejection(findings: findings(found)))
        case (.troubles(let outcome, _), .start):
            return .failed(
                Rejection(
                    findings: findings(outcome.prepared.diagnostics),
                    reason: "OnHostError=fail, and a host is in trouble", outcome: outcome))
        case (.mistakes(let found), _): judged.append(found)
        case (.troubles(_, let troubles), _): judged.append(troubles: troubles)
        }
        return .failed(Rejection(findings: judged.findings))
    }

    /// Checks what holds for all hosts, and uses the files of `[Server]`: last, for they take effect at once.
    private func check(
        _ new: PlannedConfiguration, _ outcome: StateTransition.Outcome
    ) -> Diagnostics {
        var found = DirectoryCheck.check(new)
        if let storeRoom {
            found.append(
                contentsOf: ListenerStore.check(outcome.opened.plan, room: storeRoom))
        }
        if !found.hasErrors { state.server.use(new.server, into: &found) }
        return found
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
    /// The diagnostics so far.
    var findings: ReloadJob.Findings {
        ReloadJob.Findings(diagnostics: loaded.diagnostics, sources: loaded.sources)
    }

    /// Adds the hosts that are down in the next state or keep their previous settings, as warnings.
    fileprivate mutating func append(troublesOf outcome: StateTransition.Outcome) {
        for (host, state) in zip(plan.hosts, outcome.opened.states) {
            if let trouble = outcome.opened.outdated[host.id] {
                warn(
                    at: trouble.location,
                    "\(host.section) keeps its previous settings: \(trouble.message)")
            } else if let trouble = state.trouble {
                warn(at: trouble.location, "\(host.section) is down: \(trouble.message)")
            }
        }
        for (index, trouble) in outcome.prepared.degraded
        where outcome.opened.outdated[plan.hosts[index].id] == nil {
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

    /// Adds that a reload would take all hosts down.
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
