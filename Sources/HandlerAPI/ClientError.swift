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
    /// The host does not offer TLS to plain clients (`AuthSslCmd`), or the client has it already.
    case tlsNotOffered
    /// The peer sent more behind its request for TLS than the request: an attacker between the two
    /// may have put it there, to have it taken for something said under TLS (CVE-2011-0411).
    case pipelinedBeforeTLS
    /// The handshake of ``Client/startTLS(unread:)`` failed; the reason is what the TLS engine said.
    case handshakeFailed(reason: String)
}
