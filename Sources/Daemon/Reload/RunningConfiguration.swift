internal import Configuration
internal import HandlerAPI
internal import Planning
internal import Serving

/// The configuration that the service runs with.
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
    /// The hosts and listeners.
    var opened: OpenedPlan
    /// Why hosts keep the version of an earlier configuration, by section in lower case.
    var outdated: [String: HostTrouble] = [:]
    /// When a later reload failed, in seconds since 1970; nil after one that did not.
    var failed: Int?
}

extension RunningConfiguration {
    /// The configuration that was read for a generation and is in force from now on.
    ///
    /// - Parameters:
    ///   - planned: the configuration.
    ///   - opened: what it opened.
    ///   - before: the configuration before; nil at the start.
    init(
        _ planned: PlannedConfiguration, _ opened: OpenedPlan,
        after before: RunningConfiguration? = nil
    ) {
        self.init(
            path: planned.path, modified: planned.modified, loaded: WallClock.secondsSince1970,
            generation: (before?.generation ?? 0) + 1, started: before?.started ?? planned.server,
            opened: opened)
    }

    /// The sections, in lower case, of the hosts that serve as an earlier configuration said.
    var outdatedUp: Set<String> {
        guard !outdated.isEmpty else { return [] }
        return Set(
            opened.states.compactMap { $0.host?.section.lowercased() }.filter {
                outdated[$0] != nil
            })
    }

    /// Why a host that serves is degraded: it may be as it was before a reload, too.
    func conditions(of status: HostStatus) -> [String] {
        guard status.state.host != nil, !outdated.isEmpty,
            let trouble = outdated[status.section.lowercased()]
        else { return status.conditions }
        return ["keeps its previous settings: \(trouble.message) (\(trouble.location))"]
            + status.conditions
    }

    /// The hosts that are not as the file wants them, in its order.
    var leftOut: [ReloadOutcome.LeftOut] {
        zip(opened.plan.hosts, opened.states).compactMap { host, state in
            if let trouble = outdated[host.section.lowercased()] {
                ReloadOutcome.LeftOut(host: host, trouble: trouble, isOutdated: true)
            } else {
                state.trouble.map {
                    ReloadOutcome.LeftOut(host: host, trouble: $0, isOutdated: false)
                }
            }
        }
    }
}
