internal import Configuration
internal import Planning
internal import Serving

/// What came of a reload, or of the question what one would change.
struct ReloadOutcome: Sendable {
    /// Whether the configuration of the file is in force now, or could be; if not, nothing has
    /// changed.
    let isGood: Bool
    /// What the operator has to know: the diagnostics with their lines, then what came of it; each
    /// line ended.
    var text: String = ""
    /// The hosts that are not as the file wants them.
    var leftOut: [LeftOut] = []
    /// What would change.
    var preview: Preview?

    /// A host that is not as the file wants it.
    struct LeftOut: Sendable {
        let host: HostSettings
        let trouble: HostTrouble
        /// Whether it serves as an earlier configuration said.
        let isOutdated: Bool
    }

    /// What a reload would change, and the clients that it would touch.
    struct Preview: Sendable {
        let difference: PlanDifference
        /// The clients of the hosts of ``PlanDifference/old``.
        let clients: [Int]
        /// Which of them serve now, by their index: one that gets into trouble keeps its settings.
        let serving: Set<Int>
    }
}

extension [ReloadOutcome.LeftOut] {
    /// How many are named.
    private static let named = 3

    /// Who they are, to follow what came of a reload; empty for none.
    var summary: String {
        let (outdated, down) = (filter(\.isOutdated), filter { !$0.isOutdated })
        return [("down", down), ("previous settings", outdated)].filter { !$1.isEmpty }.map {
            state, hosts in
            let names = hosts.prefix(Self.named).map(\.host.section).joined(separator: ", ")
            let more = hosts.count > Self.named ? " and \(hosts.count - Self.named) more" : ""
            return "; \(state): \(names)\(more)"
        }.joined()
    }
}
