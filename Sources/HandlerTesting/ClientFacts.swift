public import HandlerAPI
public import NetworkTypes

/// The properties of a scripted client.
public struct ClientFacts: Sendable {
    /// A unique number.
    public var id: UInt64 = 1
    /// The peer's address and port.
    public var remoteAddress = SocketAddress(IPAddress("192.0.2.1") ?? .anyV4, port: 4_711)
    /// The address and port of this machine.
    public var localAddress = SocketAddress(IPAddress("192.0.2.2") ?? .anyV4, port: 80)
    /// `HostTag`.
    public var hostTag = "Host1"
    /// The server name of the handshake.
    public var serverName: String?
    /// The application protocol of the handshake.
    public var applicationProtocol: String?
    /// The certificate of the client.
    public var certificate: ClientCertificate?
    /// The TLS version, nil for a plain client.
    public var tlsVersion: String?
    /// The cipher.
    public var tlsCipher: String?
    /// `AuthSslCmd`.
    public var offersTLS = false
    /// `AuthForceSsl`.
    public var requiresTLS = false
    /// Whether the host's certificate is no good, so that it answers a plain client only with the
    /// challenge of an authority.
    public var isForChallenge = false

    /// A plain client.
    public init() {}
}
