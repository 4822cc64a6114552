/// Why a wait on a peer ended without what was waited for.
@nonexhaustive
public enum ClientError: Error, Hashable, Sendable {
    /// The deadline that the handler set has passed.
    case timedOut
    /// The task was cancelled: the server's drain period is over, or the task group that the wait
    /// belongs to was cancelled.
    case cancelled
    /// The peer is gone; the reason is what the system or the TLS engine said.
    case disconnected(reason: String)
    /// The peer ended its side in the middle of what was to be read.
    case unexpectedEnd
    /// The peer sent more than may be taken: a line or a whole longer than this.
    case tooLong(limit: Int)
    /// The handler sent more than ``Peer/unsentLimit`` bytes without awaiting
    /// ``Peer/flush()``.
    case unsentLimitExceeded
    /// The handler put back more than ``Peer/putBackLimit`` bytes.
    case putBackLimitExceeded
    /// The file that was to be sent cannot be read.
    case fileUnreadable(reason: String)
    /// All threads for work off the loops are taken, and as many jobs wait as may wait.
    case overloaded
    /// The host does not offer TLS to plain clients (`AuthSslCmd`), or the client has it already.
    case tlsNotOffered
    /// The peer sent more behind its request for TLS than the request: an attacker between the two
    /// may have put it there, to have it taken for something said under TLS (CVE-2011-0411).
    case pipelinedBeforeTLS
    /// The handshake of ``Client/startTLS(unread:)`` failed; the reason is what the TLS engine said.
    case handshakeFailed(reason: String)
    /// The handshake of ``Client/startTLS(unread:)`` took longer than `HandshakeTimeout`. Not
    /// ``timedOut``: the connection is of no use any more, and no new deadline mends that.
    case handshakeTimedOut
}

extension ClientError {
    /// What the system or the TLS engine said, else the error itself.
    package var reason: String {
        if case .disconnected(let reason) = self { reason } else { "\(self)" }
    }
}
