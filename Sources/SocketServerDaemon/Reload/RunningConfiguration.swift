internal import Configuration
internal import HandlerAPI
internal import Planning
internal import Serving

/// The configuration that is in force; the state that came of it is ``Server/opened``.
struct RunningConfiguration: Sendable {
    /// The file.
    let path: String
    /// When the file was last changed before it was read, in seconds since 1970.
    let modified: Int?
    /// When it took effect, in seconds since 1970.
    let loaded: Int
    /// 1 at the start, one more with each reload.
    let generation: Int
    /// What `[Server]` said at the start.
    let started: ServerSettings
    /// When a later reload failed, in seconds since 1970; nil after one that did not.
    var failed: Int?
}

extension RunningConfiguration {
    /// A configuration that is in force from now on.
    ///
    /// - Parameters:
    ///   - planned: the configuration.
    ///   - before: the configuration before; nil at the start.
    init(_ planned: PlannedConfiguration, after before: RunningConfiguration? = nil) {
        self.init(
            path: planned.path, modified: planned.modified, loaded: WallClock.secondsSince1970,
            generation: (before?.generation ?? 0) + 1, started: before?.started ?? planned.server)
    }
}

extension OpenedPlan {
    /// How many hosts serve with the settings of an earlier configuration.
    var outdatedUp: Int {
        guard !outdated.isEmpty else { return 0 }
        return states.count { state in
            state.host.map { outdated[$0.id] != nil } ?? false
        }
    }

    /// Why a host that serves is degraded: it may have the settings of an earlier configuration, too.
    func conditions(of status: HostStatus) -> [String] {
        guard status.state.host != nil, !outdated.isEmpty,
            let trouble = outdated[status.id]
        else { return status.conditions }
        return ["keeps its previous settings: \(trouble.message) (\(trouble.location))"]
            + status.conditions
    }

    /// The hosts that are not as the file says, in its order.
    var leftOut: [ReloadOutcome.LeftOut] {
        zip(plan.hosts, states).compactMap { host, state in
            if let trouble = outdated[host.id] {
                ReloadOutcome.LeftOut(host: host, trouble: trouble, isOutdated: true)
            } else {
                state.trouble.map {
                    ReloadOutcome.LeftOut(host: host, trouble: $0, isOutdated: false)
                }
            }
        }
    }
}
