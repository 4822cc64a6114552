// An enumeration of the API may get more cases.
import HandlerAPI

func text(of error: ClientError) -> String {
    // error: switch covers known cases, but 'ClientError' may have additional unknown values
    switch error {
    case .timedOut: "timed out"
    case .cancelled: "cancelled"
    case .disconnected(let reason): reason
    case .unexpectedEnd, .tooLong, .unsentLimitExceeded, .putBackLimitExceeded: "too much or little"
    case .fileUnreadable(let reason): reason
    case .overloaded, .tlsNotOffered, .pipelinedBeforeTLS: "refused"
    case .handshakeFailed(let reason): reason
    case .handshakeTimedOut: "timed out"
    }
}
