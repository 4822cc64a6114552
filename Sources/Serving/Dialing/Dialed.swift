internal import HandlerAPI
internal import TLS

/// What a connection knows that was not accepted but dialed.
final class Dialed {
    /// The client for whom it was dialed; nil when a host did, and when it is closed.
    var owner: Connection?
    /// Told what went over it, once.
    var whenClosed: (@Sendable (Traffic) -> Void)?

    init(owner: Connection?) {
        self.owner = owner
    }

    /// Lets go of everything.
    func end(of connection: Connection) {
        owner?.extras?.peers.removeAll { $0 === connection }
        owner = nil
        whenClosed?(connection.traffic)
        whenClosed = nil
    }
}

/// How the connections of this server speak TLS to targets.
final class DialingPolicy: ClientTLS {
    let context: TLSClientContext

    init(_ context: TLSClientContext) {
        self.context = context
    }
}
