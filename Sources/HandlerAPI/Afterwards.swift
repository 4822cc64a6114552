/// What becomes of a client when its handler's `serve` returns.
public enum Afterwards: Sendable {
    /// The server relays the client and a peer that its handler has dialed, without a task, and
    /// closes both at the end; see ``Client/relay(to:idleTimeout:)``.
    case relay(to: Peer, idleTimeout: Duration?)
    /// The server sends what is still unsent and closes the connection.
    case close
    /// The client stays with its loop without a task; its next byte, its deadline or the drain of
    /// the server starts `serve` again. A waiting client then costs a quarter of one that has a task.
    case rest
}
