internal import EventLoops
internal import HandlerAPI

/// Moves bytes both ways between two connections of one loop, driven by their events: without a task,
/// and without a buffer while both are silent.
///
/// Theory of operation: each way reads from its source only while the sink has taken everything before,
/// which is the back-pressure of a slow peer. The end of one side is passed on after the last byte;
/// the relay is over when both sides have ended. In a large transfer between plain connections a pipe
/// takes the place of the loop's buffer (splice(2)).
final class Relay {
    /// The client whose handler started the relay.
    let client: Connection
    /// The peer that its handler has dialed.
    let target: Connection
    private let forth: RelayWay
    private let back: RelayWay
    private let idleTimeout: Duration?
    /// A task waits in ``Connection/relay(to:idleTimeout:)``.
    let isAwaited: Bool
    private(set) var isOver = false
    /// What ended it, nil when both sides had ended.
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

    /// Begins, with what has arrived already.
    func start() {
        client.join(self)
        target.join(self)
        restartIdleTime()
        advance()
    }

    /// Moves what one of the two has.
    func advance() {
        guard !isOver else { return }
        let before = forth.moved &+ back.moved
        let forthRest = forth.advance(isLast: mayClose && back.isOver)
        let backRest = back.advance(isLast: mayClose && forth.isOver)
        if forth.moved &+ back.moved != before { restartIdleTime() }
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

    /// Both sides were silent for `idleTimeout`, or the handler's deadline has passed.
    func deadlinePassed() { end(ClientError.timedOut) }

    /// The drain period is over.
    func cut() {
        // Also when it was the target that was cut.
        client.cut()
        end(ClientError.cancelled)
    }

    /// The task that waits for its end was cancelled.
    func cancel() { end(ClientError.cancelled) }

    /// Whether both are closed when the relay is over: not if a handler waits for that.
    private var mayClose: Bool { !isAwaited }

    private func restartIdleTime() {
        if let idleTimeout { client.loop.setDeadline(client.source, after: idleTimeout) }
    }

    private func end(_ error: (any Error)?) {
        guard !isOver else { return }
        isOver = true
        failure = error
        forth.releasePipe()
        back.releasePipe()
        target.leaveRelay()
        client.leaveRelay()
        client.relayEnded(self)
    }
}
