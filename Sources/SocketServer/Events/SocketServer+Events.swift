public import HandlerAPI

extension SocketServer {
    /// Something that has happened to a server or one of its clients.
    @nonexhaustive
    public enum Event: Sendable {
        /// The server's state has changed; in ICS: `OnChangeState`.
        case stateChanged(State)
        /// A client is accepted; in ICS: `OnClientCreate`. Its phase is ``HandlerAPI/ClientInfo/Phase/accepted``. Exactly one of ``refused(_:_:)``, ``handshakeFailed(_:reason:)`` and
        /// ``disconnected(_:_:)`` ends it, except that a failed STARTTLS is followed by its end.
        case accepted(ClientInfo)
        /// The handler of a client starts, after its handshake; in ICS: `OnClientConnect`. The phase is `serving`, or
        /// `resting` until its first byte (`Handler.startsAtRest`).
        case connected(ClientInfo)
        /// A client is closed, with its bytes and duration; in ICS: `OnClientDisconnect`.
        case disconnected(ClientInfo, CloseReason)
        /// A client is refused before its handler has started.
        case refused(ClientInfo, CloseReason)
        /// The TLS handshake of a client has failed.
        case handshakeFailed(ClientInfo, reason: String)
        /// A handler has thrown an error of its own; in ICS: `OnBgException`.
        case handlerFailed(ClientInfo, any Error)
        /// A host is up.
        case hostUp(tag: String)
        /// A host is down, or is no longer served.
        case hostDown(tag: String, reason: String)
        /// The server cannot do something that it should; in ICS: `OnError`.
        case error(String)
        /// So many events were dropped at this point, because they were not taken in time.
        case dropped(Int)
    }

    /// The events of the server from now on.
    ///
    /// A loop never waits for a consumer: when `limit` events wait, further ones are dropped and counted. Each call has a
    /// buffer of its own. Events are only created while there is such a sequence, so drop it when it is not needed. The
    /// sequence ends with the server object; a consumer may stop at ``Event/stateChanged(_:)`` with ``State/ended``.
    ///
    /// ```swift
    /// for await event in server.events() {
    ///     if case .disconnected(let client, let reason) = event { print(client.remoteAddress, reason) }
    /// }
    /// ```
    ///
    /// - Parameter limit: how many events may wait, at least 1.
    /// - Returns: the events, for one task at a time.
    public func events(buffering limit: Int = 4_096) -> Events {
        Events(subscription: EventSubscription(to: feed, limit: limit))
    }

    /// The events of a server, from the call of ``SocketServer/events(buffering:)`` on.
    public struct Events: AsyncSequence, Sendable {
        let subscription: EventSubscription

        /// Begins to iterate; all iterators take from the same buffer.
        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(subscription: subscription)
        }

        /// Takes events from the buffer.
        public struct AsyncIterator: AsyncIteratorProtocol {
            let subscription: EventSubscription

            /// Waits for the next event; nil at the end and for a cancelled task.
            public func next() async -> Event? { await subscription.buffer.next() }
        }
    }
}
