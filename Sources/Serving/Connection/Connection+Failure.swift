internal import HandlerAPI

extension Connection {
    /// Why the connection is of no use any more: kept, each further wait says so.
    ///
    /// A type of its own because no deadline may be among these. Handlers catch
    /// ``ClientError/timedOut``, set a new deadline and go on; one that was kept would have them go
    /// round for ever.
    enum Breakage {
        case disconnected(reason: String)
        case unsentLimitExceeded
        case putBackLimitExceeded
        case pipelinedBeforeTLS
        case handshakeFailed(reason: String)
        case handshakeTimedOut
    }

    /// A breakage that is kept.
    final class Failure {
        let error: ClientError

        init(_ breakage: Breakage) {
            error =
                switch breakage {
                case .disconnected(let reason): .disconnected(reason: reason)
                case .unsentLimitExceeded: .unsentLimitExceeded
                case .putBackLimitExceeded: .putBackLimitExceeded
                case .pipelinedBeforeTLS: .pipelinedBeforeTLS
                case .handshakeFailed(let reason): .handshakeFailed(reason: reason)
                case .handshakeTimedOut: .handshakeTimedOut
                }
        }
    }
}
