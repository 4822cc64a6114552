/// A client as everybody but its handler sees it: for any thread and task, while it is connected and after.
///
/// A handle keeps no connection alive. What it does to a client happens on the client's loop, in the order
/// of the calls; from the same loop a send happens at once. Programs keep handles in their lists, where a
/// ``Client`` cannot be.
///
/// ```swift
/// for other in room.handles where other != client.handle { other.send(Array(line.utf8)) }
/// ```
public struct ClientHandle: Hashable, Identifiable, Sendable {
    package let mailbox: any ClientMailbox

    /// The bytes that may wait for one client (`send`).
    public static let waitingLimit = 1 << 20

    package init(_ mailbox: any ClientMailbox) {
        self.mailbox = mailbox
    }

    /// A number that no other client of this process has.
    public var id: UInt64 { mailbox.id }

    /// Whether the client is connected: from its accept until its connection is closed.
    public var isConnected: Bool { mailbox.isConnected }

    /// Sends a message to the client, whole and between two sends of its handler.
    ///
    /// Never waits. The message waits while the client's kernel takes no more, until its handler has started,
    /// and while something else has its output: a part of a file, a handshake of TLS, a program, a relay for
    /// which the handler waits. ``waitingLimit`` bytes may wait; the kernel's own buffer does not count.
    /// The connection may break before the message has arrived.
    ///
    /// - Returns: false when the message was not taken: too many bytes wait, or the client is gone, or its
    ///   handler has given it up: it has ended our side, relays it to the end, or has it closed.
    @discardableResult public func send(_ bytes: [UInt8]) -> Bool { mailbox.send(bytes) }

    /// Sends text in UTF-8, like the bytes of it.
    @discardableResult public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Disconnects the client: the waits of its handler throw ``ClientError/cancelled``.
    ///
    /// Its handler may still end in its own time. What was sent before and waits for the kernel is lost.
    ///
    /// - Parameter detail: why, for the record of the client's end: no capital, no period.
    public func disconnect(_ detail: String = "") { mailbox.disconnect(detail) }

    /// Sets ``Client/isDraining`` for this one client; a client at rest is served once more.
    ///
    /// It is for the handler to finish: no `DrainTimeout` follows.
    public func drain() { mailbox.drain() }

    /// The client's current state, nil when it is no longer connected.
    public func info() async -> ClientInfo? { await mailbox.info() }

    /// What the handler keeps with the client (`client[State.self]`), nil when it is no longer connected.
    public func state<State: Sendable>(_: State.Type) async -> State? {
        mailbox.state(State.self)
    }

    /// Whether both are of the same client.
    public static func == (one: ClientHandle, other: ClientHandle) -> Bool {
        one.mailbox === other.mailbox
    }

    /// Hashes the client's number.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
