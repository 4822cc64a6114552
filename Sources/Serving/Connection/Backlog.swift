internal import HandlerAPI

/// What a handler has sent and the kernel has not taken, and the task that waits for that.
@safe final class Backlog: @unchecked Sendable {
    // Sendable because it belongs to a connection, which is confined to its loop.

    /// From `start` on the bytes are still to be sent.
    private(set) var bytes: [UInt8] = []
    var start = 0
    /// So many bytes from `start` on are the rest of a message from the client's ``Mailbox``.
    var mailCount = 0
    /// A cork holds it back.
    var isGathering = false
    /// A close_notify follows.
    var endsOutput = false
    var writer: UnsafeContinuation<Connection.Wake, Never>?

    func append(_ more: Span<UInt8>) {
        bytes.removeFirst(start)
        start = 0
        bytes.append(copying: more)
    }
}
