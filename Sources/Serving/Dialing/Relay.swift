internal import EventLoops
internal import HandlerAPI

/// Moves bytes both ways between two connections of one loop, driven by their events: nobody has a
/// task, and a pair that is silent owns no buffer.
///
/// Theory of operation: each way reads from one side only while the other has taken all it was given,
/// so a slow peer slows down who sends to it. The end of one side is passed on once all before
/// it is through; the relay is over when both sides have ended. Where both are plain and
/// much comes, a pipe takes the place of the loop's buffer (splice(2)), for as long as much comes.
final class Relay {
    /// Who let the handler's client be relayed.
    let client: Connection
    /// Whom the client is joined with.
    let target: Connection
    private let forth: RelayWay
    private let back: RelayWay
    private let idleTimeout: Duration?
    /// A task waits in ``Connection/relay(to:idleTimeout:)``.
    let isAwaited: Bool
    private(set) var isOver = false
    /// What ended it, nil when both sides had come to their end.
    private(set) var failure: (any Error)?

    init(
        _ client: Connection, _ target: Connection, idleTimeout: Duration?, isAwaited: Bool
    ) {
        self.client = client
        self.target = target
        self.idleTimeout = idleTimeout
        self.isAwaited = isAwaited
        forth = RelayWay(from: client, to: target)
        back = RelayWay(from: target, to: client)
    }

    /// Begins with what is here already.
    func start() {
        client.join(self)
        target.join(self)
        stayAwake()
        advance()
    }

    /// One of the two has something new.
    func advance() {
        guard !isOver else { return }
        let before = forth.moved &+ back.moved
        let forthRest = forth.advance(isLast: mayClose && back.isOver)
        let backRest = back.advance(isLast: mayClose && forth.isOver)
        if forth.moved &+ back.moved != before { stayAwake() }
        if let failure = client.failure {
            end(failure.error)
        } else if let failure = target.failure {
            end(DialError.lost(reason: failure.error.reason))
        } else if forth.isOver, back.isOver {
            end(nil)
        } else if forthRest || backRest {
            // The others of the loop have their turn first.
            client.loop.performLater { [client] in client.continueRelay() }
        }
    }

    /// Neither side has said anything for too long, or the handler's deadline has come.
    func deadlinePassed() { end(ClientError.timedOut) }

    /// The drain period is over.
    func cut() {
        client.cutState = .underWay
        end(ClientError.cancelled)
    }

    /// Who waits for its end does not want to any more.
    func cancel() { end(ClientError.cancelled) }

    /// Whether both are closed when the relay is over: a client whose handler waits for that is not.
    private var mayClose: Bool { !isAwaited }

    private func stayAwake() {
        if let idleTimeout { client.loop.setDeadline(client.source, after: idleTimeout) }
    }

    private func end(_ error: (any Error)?) {
        guard !isOver else { return }
        isOver = true
        failure = error
        forth.giveBackPipe()
        back.giveBackPipe()
        target.leaveRelay()
        client.leaveRelay()
        client.relayEnded(self)
    }
}
