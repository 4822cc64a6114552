/// What becomes of a client when its handler's `serve` returns.
public enum Afterwards: Sendable {
    /// The server sends what is still unsent and closes the connection.
    case close
    /// The client stays with its loop without a task; its next byte, its deadline or the drain of
    /// the server starts `serve` again. A waiting client then costs a quarter of one that has a task.
    case rest
}
