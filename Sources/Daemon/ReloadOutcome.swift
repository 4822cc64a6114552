internal import Planning

/// What came of a reload, or of the question what one would change.
struct ReloadOutcome: Sendable {
    /// Whether the configuration of the file is in force now, or could be; if not, nothing has
    /// changed.
    let isGood: Bool
    /// What the operator has to know: the diagnostics with their lines, then what came of it; each
    /// line ended.
    var text: String = ""
    /// What would change.
    var preview: Preview?

    /// What a reload would change, and the clients that it would touch.
    struct Preview: Sendable {
        let difference: PlanDifference
        /// The clients of the hosts of ``PlanDifference/old``.
        let clients: [Int]
    }
}
