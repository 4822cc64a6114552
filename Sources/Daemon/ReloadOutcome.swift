/// What came of a reload.
struct ReloadOutcome: Sendable {
    /// Whether the configuration of the file is in force now; if not, nothing has changed.
    let isApplied: Bool
    /// What the operator has to know: the diagnostics with their lines, then what came of it; each
    /// line ended.
    let text: String
}
