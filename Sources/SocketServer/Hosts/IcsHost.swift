/// A host in code: what a host section of the file has, with the same checks and the same errors.
///
/// ``init(_:on:plain:ssl:certificate:handler:file:line:column:)`` sets what every host needs; each other key is a
/// property, nil or empty where the key is not set. Mistakes are reported when the server listens, at the line that
/// created the host.
public struct IcsHost: Sendable {
    /// The server names (`Hosts`): `*.example.org` matches one label, `*` any name.
    public var names: [String]
    /// Whether the host is served (`HostEnabled`); its settings are checked in any case.
    public var isEnabled = true
    /// The name in logs and reports, and the identity of the host when hosts are applied again (`HostTag`).
    ///
    /// Hosts without a tag are identified by their position among those.
    public var tag = ""
    /// A description (`Descr`).
    public var description = ""
    /// The addresses to listen on (`BindIpAddr`, `BindIpAddr2`): IP addresses, `0.0.0.0` for all of IPv4, `::` for all
    /// of IPv6, `unix:/path` for a plain unix socket, `unix-ssl:/path` for one with TLS.
    public var addresses: [String]
    /// The plain port (`BindNonPort`); nil for none.
    public var plainPort: Port?
    /// The port for TLS (`BindSslPort`); nil for none.
    public var sslPort: Port?
    /// The certificate (`SslCert`, `SslKey`, `SslInter`, `SslPassword`), for a host that speaks TLS.
    public var certificate: Certificate
    /// The handler of its clients (`Handler`, and the handler's own keys).
    public var handler: HandlerSource
    /// How many days before its expiry a certificate is reported, 0 to 365 (`CertExpireDays`).
    public var certificateExpireDays: Int?
    /// The TLS versions and ciphers (`SslSecLevel`).
    public var securityLevel: SecurityLevel?
    /// The ciphers of TLS 1.2, as a list of OpenSSL (`SslCipherList12`).
    public var ciphers = ""
    /// The cipher suites of TLS 1.3, by colon (`SslCipherList13`).
    public var cipherSuites = ""
    /// The key exchange groups, by colon, best first (`SslCryptoGroups`).
    public var groups = ""
    /// The application protocols (ALPN), best first (`SslAlpnProtocols`); `*` for any, empty for those of the handler.
    public var applicationProtocols: [String] = []
    /// Whether TLS clients present certificates (`CliCertMethod`).
    public var clientCertificates: ClientCertificates?
    /// The authorities of client certificates: a file or directory (`CliCertCA`).
    public var clientAuthorities = ""
    /// A file of certificate revocation lists (`CliCertCRL`).
    public var clientRevocations = ""
    /// What clients with an unknown server name get (`SslUnknownName`).
    public var unknownServerName: UnknownServerName?
    /// Whether plain clients may upgrade to TLS, such as by STARTTLS (`AuthSslCmd`).
    public var offersUpgrade: Bool?
    /// Whether plain clients must upgrade to TLS (`AuthForceSsl`).
    public var requiresUpgrade: Bool?
    /// How long clients may take to finish when the host is removed or the server drains, up to a day (`DrainTimeout`).
    public var drainTimeout: Duration?
    /// Whose clients of IP addresses may connect: addresses, networks, or `file:` and the path of a list; empty for all
    /// (`AllowFrom`).
    ///
    /// The server's options have to admit them, too.
    public var allowedClients: [String] = []
    /// Whose may not, in the same form (`DenyFrom`); the longer network decides, and this one if both are as long.
    public var deniedClients: [String] = []
    /// The interface to accept clients from, such as `eth0` (`BindDevice`).
    public var device = ""
    /// Whether to listen even while this machine does not have the address (`FreeBind`).
    public var isFreeBind: Bool?
    /// Keep-alive probes of idle TCP connections (`KeepAlive`).
    public var keepAlive: KeepAlive?
    /// The queue of clients that send data in their first packet, up to 65,535 (`FastOpen`).
    public var fastOpen: Int?
    /// How long the kernel waits for the first byte of a client, in seconds, up to 3,600 (`DeferAccept`).
    public var deferAccept: Int?
    /// Whether load balancers send the addresses of clients (`ProxyProtocol`).
    public var proxyProtocol: ProxyProtocol?
    /// The load balancers that are believed: addresses and networks, such as `10.0.0.0/8` (`TrustedProxies`).
    public var trustedProxies: [String] = []
    /// The permissions of unix socket files (`UnixMode`).
    public var unixMode: UInt16?
    /// The owner of unix socket files: `user`, `user:group` or `:group` (`UnixOwner`).
    public var unixOwner = ""
    /// The targets of a proxy (`[Target]`).
    public var targets: [Target] = []

    /// Keys without a property.
    var others: [(key: String, value: String)] = []
    /// Where the host was created.
    let place: CodePlace

    /// Creates a host.
    ///
    /// - Parameters:
    ///   - names: the server names; `*` for any.
    ///   - addresses: the addresses to listen on.
    ///   - plain: the plain port; nil for none, 0 for a free one.
    ///   - ssl: the port for TLS; nil for none, 0 for a free one.
    ///   - certificate: for a host that speaks TLS.
    ///   - handler: serves the clients.
    ///   - file: where mistakes of the host are reported.
    ///   - line: likewise.
    ///   - column: likewise.
    public init(
        _ names: [String] = ["*"], on addresses: [String], plain: Port? = nil, ssl: Port? = nil,
        certificate: Certificate = .selfMade, handler: HandlerSource,
        file: String = #fileID, line: Int = #line, column: Int = #column
    ) {
        (self.names, self.addresses) = (names, addresses)
        (plainPort, sslPort) = (plain, ssl)
        (self.certificate, self.handler) = (certificate, handler)
        place = CodePlace(file: file, line: line, column: column)
    }

    /// A key by its name in the file: for keys without a property, such as the reserved ones of ICS.
    ///
    /// It is checked as in a file: an unknown key is a mistake, one without effect a warning.
    public subscript(key: String) -> String? {
        get { others.last { $0.key.lowercased() == key.lowercased() }?.value }
        set {
            others.removeAll { $0.key.lowercased() == key.lowercased() }
            if let newValue { others.append((key, newValue)) }
        }
    }
}

/// A place in Swift code, for the messages about what was created there.
struct CodePlace: Sendable {
    let file: String
    let line: Int
    let column: Int
}
