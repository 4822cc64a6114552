internal import HandlerAPI
internal import TLS

/// What only a connection has that was dialed.
final class Dialed {
    /// The client for whom it was dialed; nil when a host did, and when it is closed.
    var owner: Connection?
    /// Called once, with what went over it.
    var whenClosed: (@Sendable (Traffic) -> Void)?

    init(owner: Connection?) {
        self.owner = owner
    }

    /// Leaves the owner and reports the traffic.
    func connectionClosed(_ connection: Connection) {
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
