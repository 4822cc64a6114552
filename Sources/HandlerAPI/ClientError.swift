/// Why a wait on a client ended without what was waited for.
public enum ClientError: Error, Hashable, Sendable {
    /// The deadline that the handler set has passed.
    case timedOut
    /// The task was cancelled: the server's drain period is over, or the task group that the wait
    /// belongs to was cancelled.
    case cancelled
    /// The peer is gone; the reason is what the system or the TLS engine said.
    case disconnected(reason: String)
    /// The handler sent more than ``Client/unsentLimit`` bytes without awaiting
    /// ``Client/flush()``.
    case unsentLimitExceeded
}
