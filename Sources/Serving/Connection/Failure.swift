internal import HandlerAPI

/// Why a connection is broken: every further wait throws it.
final class Failure {
    /// What can break a connection.
    ///
    /// A type of its own because no deadline may be among these. Handlers catch
    /// ``ClientError/timedOut``, set a new deadline and continue; a deadline that was kept would make
    /// that a busy loop.
    enum Cause {
        case disconnected(reason: String)
        case unsentLimitExceeded
        case putBackLimitExceeded
        case pipelinedBeforeTLS
        case handshakeFailed(reason: String)
        case handshakeTimedOut
    }

    let error: ClientError

    init(_ cause: Cause) {
        error =
            switch cause {
            case .disconnected(let reason): .disconnected(reason: reason)
            case .unsentLimitExceeded: .unsentLimitExceeded
            case .putBackLimitExceeded: .putBackLimitExceeded
            case .pipelinedBeforeTLS: .pipelinedBeforeTLS
            case .handshakeFailed(let reason): .handshakeFailed(reason: reason)
            case .handshakeTimedOut: .handshakeTimedOut
            }
    }
}
