package import HandlerAPI
package import NetworkTypes

/// Something that happened, with what a journal record about it needs.
///
/// Events are facts, not text: the wording is decided where they are written.
package struct ServerEvent: Sendable {
    /// What happened.
    package var kind: EventKind
    /// How severe it is.
    package var level: LogLevel
    /// The host it concerns, nil when it concerns the whole server.
    package var hostTag: String?
    /// The host's section, if other hosts have the same tag.
    package var hostSection: String?
    /// The host's handler.
    package var handler: String?
    /// The listener's address, as its `LISTENER` field shows it.
    package var listener: String?
    /// The client it concerns.
    package var client: ClientFacts?
    /// Why the connection ended.
    package var reason: CloseReason?
    /// What it is about, if it can affect clients of all networks at one time.
    package var topic: String?
    /// The rest of the message: no capital, no period.
    package var detail: String
    /// The events that it stands for, if it stands for many.
    package var flood: EventFlood?
    /// The limit that refused a client.
    package var limit: Limit?
    /// The number of the loop that it concerns.
    package var loop: Int?
    /// The `errno` value of the system call that failed.
    package var errorNumber: Int32?

    /// A limit, and the line that sets it.
    package struct Limit: Hashable, Sendable {
        /// The key.
        package let name: String
        /// `FILE:LINE`.
        package let place: String

        /// Creates a limit.
        package init(name: String, place: String) { (self.name, self.place) = (name, place) }
    }

    /// Creates an event about the whole server or about one host.
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

/// What is known of a client when an event about it is written.
package struct ClientFacts: Sendable {
    /// The number that no other client of this process has.
    package var id: UInt64
    /// The peer.
    package var address: SocketAddress
    /// The load balancer that passed it on.
    package var via: SocketAddress?
    /// The server name of its handshake.
    package var serverName: String?
    /// The TLS version, nil for a plain or unfinished connection.
    package var tlsVersion: String?
    /// The group of its key exchange, nil likewise.
    package var tlsGroup: String?
    /// Bytes of payload received.
    package var bytesIn: UInt64
    /// Bytes of payload handed to the kernel or the TLS engine.
    package var bytesOut: UInt64
    /// How long the connection has lived, in microseconds.
    package var microseconds: UInt64

    /// Creates the facts.
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
