public import NetworkTypes

/// The state of a client at one moment, for use anywhere.
public struct ClientInfo: Identifiable, Sendable {
    /// A number that no other client of this process has.
    public let id: UInt64
    /// The client's address and port; over a unix socket its process and user (`unixPeer`).
    public let remoteAddress: SocketAddress
    /// The load balancer that passed it on with a header of the PROXY protocol; nil for none.
    public let via: SocketAddress?
    /// The address and port that it connected to; none over a unix socket.
    public let localAddress: SocketAddress
    /// The listener that accepted it.
    public let listener: ListenerInfo
    /// The `HostTag` of its host, nil until one is chosen.
    public let hostTag: String?
    /// The server name that it requested in its TLS handshake (RFC 6066).
    public let serverName: String?
    /// The TLS version, such as `TLSv1.3`, nil for a plain client and until a handshake has succeeded.
    public let tlsVersion: String?
    /// The cipher, such as `TLS_AES_256_GCM_SHA384`, nil likewise.
    public let tlsCipher: String?
    /// Where it is in its life.
    public let phase: Phase
    /// When it was accepted, in seconds since 1970.
    public let since: Int
    /// For how long it has been connected.
    public let duration: Duration
    /// Bytes received, those of TLS itself not counted.
    public let bytesIn: UInt64
    /// Bytes sent, counted likewise.
    public let bytesOut: UInt64

    /// Where a client is in its life.
    @nonexhaustive
    public enum Phase: String, Sendable {
        /// It is accepted, and neither its handshake nor its handler has begun.
        case accepted
        /// Its TLS handshake has begun, and is not done.
        case handshaking
        /// Its handler runs.
        case serving
        /// Its handler has returned and runs again when something arrives.
        case resting
        /// The server relays it to a peer that its handler has dialed.
        case relaying
        /// Its handler is done, and the connection is being closed.
        case closing
        /// It is closed.
        case closed
    }

    package init(
        id: UInt64, remoteAddress: SocketAddress, via: SocketAddress? = nil,
        localAddress: SocketAddress,
        listener: ListenerInfo, hostTag: String?, serverName: String? = nil,
        tlsVersion: String? = nil, tlsCipher: String? = nil, phase: Phase, since: Int,
        duration: Duration, bytesIn: UInt64, bytesOut: UInt64
    ) {
        self.id = id
        self.remoteAddress = remoteAddress
        self.via = via
        self.localAddress = localAddress
        self.listener = listener
        self.hostTag = hostTag
        self.serverName = serverName
        self.tlsVersion = tlsVersion
        self.tlsCipher = tlsCipher
        self.phase = phase
        self.since = since
        self.duration = duration
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
    }
}
