internal import EventLoops
internal import HandlerAPI
internal import Platform

/// Connects the handles of a client, on any thread, with its connection, on its loop.
///
/// Theory of operation: a handle appends a message under the lock and posts one closure to the loop, unless one
/// is on its way. There, `Connection+Mail` takes messages one by one whenever the client's output is free, so
/// that messages share one array with all clients they are sent to. Bytes count against the limit until the
/// kernel has taken them. ``close()`` releases the connection, and with it the loop.
final class Mailbox: ClientMailbox {
    let id: UInt64
    private let content: Lock<Content>

    private struct Content {
        /// Nil once the client is closed.
        var client: Connection?
        var acceptsMessages = true
        var messages = MessageQueue()
        /// Bytes that were accepted and that the kernel has not taken: those of `messages`, and those at the
        /// front of the client's backlog.
        var waiting = 0
        /// A closure on its way to the loop will deliver them.
        var isPosted = false
        var states: [(type: ObjectIdentifier, value: any Sendable)] = []
    }

    /// Creates the mailbox of a client, on its loop.
    init(of client: Connection) {
        id = client.number
        let isClosed = client.phase == .closed
        content = Lock(Content(client: isClosed ? nil : client, acceptsMessages: !isClosed))
    }

    // From any thread.

    var isConnected: Bool { content.withLock { $0.client != nil } }

    /// The worker of the client, nil once it is closed.
    var worker: Worker? { content.withLock { $0.client?.worker } }

    func send(_ bytes: [UInt8]) -> Bool {
        let (isAccepted, loop) = content.withLock { content -> (Bool, EventLoop?) in
            guard content.acceptsMessages, let client = content.client,
                bytes.count <= ClientHandle.waitingLimit - content.waiting
            else { return (false, nil) }
            guard !bytes.isEmpty else { return (true, nil) }
            content.waiting += bytes.count
            content.messages.append(bytes)
            let loop = client.loop
            if loop.isCurrent { return (true, loop) }
            defer { content.isPosted = true }
            return (true, content.isPosted ? nil : loop)
        }
        loop?.perform {
            let client = self.content.withLock { content in
                content.isPosted = false
                return content.client
            }
            client?.sendMail()
        }
        return isAccepted
    }

    func disconnect(_ detail: String) {
        post { $0.cut(.disconnectedByProgram, detail) }
    }

    func drain() {
        post { client in
            client.raise(.draining)
            client.drain()
        }
    }

    func info() async -> ClientInfo? {
        guard let loop = content.withLock({ $0.client?.loop }) else { return nil }
        return await loop.result { self.content.withLock { $0.client }?.currentInfo() }
    }

    subscript(type: ObjectIdentifier) -> (any Sendable)? {
        get { content.withLock { $0.states.first { $0.type == type }?.value } }
        set {
            // The old values are released outside the lock: they may have handles.
            _ = content.withLock { content in
                let old = content.states
                content.states.removeAll { $0.type == type }
                if let newValue, content.client != nil {
                    content.states.append((type, newValue))
                }
                return old
            }
        }
    }

    /// Runs a closure on the client's loop, not within a call of its handler, if the client is still open.
    private func post(_ body: @escaping @Sendable (Connection) -> Void) {
        content.withLock { $0.client?.loop }?.performLater {
            if let client = self.content.withLock({ $0.client }) { body(client) }
        }
    }

    // On the client's loop.

    /// Whether nothing waits.
    var isEmpty: Bool { content.withLock { $0.waiting == 0 } }

    /// Takes the next message; it waits until ``release(_:)``.
    func next() -> [UInt8]? { content.withLock { $0.messages.popFirst() } }

    /// Counts bytes of a message that did not pass through the mailbox.
    func add(_ count: Int) { content.withLock { $0.waiting += count } }

    /// Counts bytes that the kernel has taken.
    func release(_ count: Int) { content.withLock { $0.waiting -= count } }

    /// Accepts no more messages; those that wait are still there.
    func stopAccepting() { content.withLock { $0.acceptsMessages = false } }

    /// Drops the messages that wait and have not reached the backlog, and accepts no more.
    func dropMessages() {
        content.withLock { content in
            content.acceptsMessages = false
            content.waiting -= content.messages.count
            content.messages = MessageQueue()
        }
    }

    /// The client is closed: releases all that the mailbox has.
    func close() {
        // Outside the lock: a state may own handles, also one of this client.
        _ = content.withLock { content in
            defer { content = Content(client: nil, acceptsMessages: false) }
            return content
        }
    }
}
