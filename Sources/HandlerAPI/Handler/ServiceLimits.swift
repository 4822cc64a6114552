/// What the process that will serve may not do, and the one that asks may.
///
/// For `check`, which root runs for a locked down service; all is allowed unless it says otherwise.
package struct ServiceLimits: Sendable {
    /// Why it could not make files in a directory, with the remedy; nil where it could.
    package var obstacleToWriting: @Sendable (_ directory: String) -> String? = { _ in nil }
    /// Whether it may not make a system call.
    package var isRefused: @Sendable (_ call: String) -> Bool = { _ in false }

    /// Nothing that is forbidden.
    package init() {}
}
