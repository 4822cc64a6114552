package import HandlerAPI
package import NetworkTypes

/// An event, with the data for its journal record.
///
/// Events are facts, not text: the writer formats them.
package struct ServerEvent: Sendable {
    /// The kind of event.
    package var kind: EventKind
    /// The level.
    package var level: LogLevel
    /// The tag of its host, nil for an event of the whole server.
    package var hostTag: String?
    /// The section of the host, where several hosts share the tag.
    package var hostSection: String?
    /// The handler of the host.
    package var handler: String?
    /// The address of the listener, as in the field `LISTENER`.
    package var listener: String?
    /// The client.
    package var client: ClientFacts?
    /// Why the connection was closed.
    package var reason: CloseReason?
    /// The topic of an event that may affect clients of all networks at once.
    package var topic: String?
    /// Further details: no capital, no full stop.
    package var detail: String
    /// The folded events, for a sum.
    package var flood: EventFlood?
    /// The number of the loop.
    package var loop: Int?
    /// The `errno` value of the system call that failed.
    package var errorNumber: Int32?

    /// Creates an event of the whole server or of one host.
    package init(
        _ kind: EventKind, _ level: LogLevel, hostTag: String? = nil, listener: String? = nil,
        detail: String = "", errorNumber: Int32? = nil
    ) {
        self.kind = kind
        self.level = level
        self.hostTag = hostTag
        self.listener = listener
        self.detail = detail
        self.errorNumber = errorNumber
    }
}

/// The data about a client in its events.
package struct ClientFacts: Sendable {
    /// The unique number of the client in this process.
    package var id: UInt64
    /// The address of the client.
    package var address: SocketAddress
    /// The server name that the client sent in its handshake.
    package var serverName: String?
    /// The TLS version, nil for a plain or unfinished connection.
    package var tlsVersion: String?
    /// The group of the key exchange, nil likewise.
    package var tlsGroup: String?
    /// Bytes of payload received.
    package var bytesIn: UInt64
    /// Bytes of payload handed to the kernel or the TLS engine.
    package var bytesOut: UInt64
    /// The duration of the connection, in microseconds.
    package var microseconds: UInt64

    /// Creates the data about a client.
    package init(
        id: UInt64, address: SocketAddress, serverName: String? = nil, tlsVersion: String? = nil,
        tlsGroup: String? = nil, bytesIn: UInt64, bytesOut: UInt64, microseconds: UInt64
    ) {
        self.id = id
        self.address = address
        self.serverName = serverName
        self.tlsVersion = tlsVersion
        self.tlsGroup = tlsGroup
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.microseconds = microseconds
    }
}
