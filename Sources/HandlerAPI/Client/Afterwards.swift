/// What becomes of a client when its handler's `serve` returns.
@nonexhaustive
public enum Afterwards {
    /// The server relays the client and a peer that its handler has dialed, without a task, and
    /// closes both at the end; see ``Client/relay(to:idleTimeout:)``.
    indirect case relay(to: DialedPeer, idleTimeout: Duration?)
    /// The server sends what is still unsent and closes the connection; until the peer ends its side
    /// too, what it still sends is thrown away, so that it can read all it was sent.
    case close
    /// The same without that wait, for a peer that has said that it sends nothing more: should it do
    /// so nevertheless, it may lose what it has not read yet.
    case closeAtOnce
    /// The server sends what is still unsent and breaks the connection off, as it does when `serve`
    /// throws: without a close_notify over TLS and with a reset, so that nobody takes what came for all
    /// there was. For an answer that cannot be finished.
    case abort
    /// Another handler serves the client from now on, over its rests too, and reads first what was left
    /// unread (``Peer/peek(atLeast:_:)``) or put back.
    ///
    /// ``HandlerOptions/handler(named:_:)`` makes one. Any other that its host has not started, a ``LastingHandler``
    /// among them, is the caller's to start.
    indirect case delegate(to: any Handler)
    /// The client stays with its loop without a task; its next byte, its deadline or the drain of
    /// the server starts `serve` again. A waiting client then costs a quarter of one that has a task.
    case rest
}

/// What became of a client that ``Handler/serveAtOnce(_:)`` has served.
@nonexhaustive
public enum ServedAtOnce {
    /// All that has come, without a wait.
    case done(Afterwards)
    /// What is left takes a wait: the server has this go on, in a task of the client, and in place of
    /// ``Handler/serve(_:)``.
    case goOn(@concurrent (Client) async throws -> Afterwards)
}
