/// What came of a reload, or of the question what one would change.
struct ReloadOutcome: Sendable {
    /// Whether the configuration of the file is in force now, or could be; if not, nothing has
    /// changed.
    let isGood: Bool
    /// What the operator has to know: the diagnostics with their lines, then what came of it; each
    /// line ended.
    let text: String
}
