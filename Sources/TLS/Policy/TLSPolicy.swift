internal import COpenSSL

/// The TLS settings of one host: an ICS security level, resolved.
package struct TLSPolicy: Hashable, Sendable {
    /// A protocol version that is still considered safe (RFC 8996 deprecated the older ones).
    package enum Version: Int32, Sendable, Comparable {
        case tls12 = 0x0303
        case tls13 = 0x0304

        /// Orders by age.
        package static func < (left: Version, right: Version) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// The oldest version accepted.
    package var minimumVersion: Version

    /// The newest version accepted.
    package var maximumVersion: Version

    /// The TLS 1.2 ciphers, as `SSL_CTX_set_cipher_list(3)` reads them.
    package var cipherList: String

    /// The TLS 1.3 ciphers, as `SSL_CTX_set_ciphersuites(3)` reads them.
    package var cipherSuites: String

    /// The key exchange groups, best first, as `SSL_CTX_set1_groups_list(3)` reads them.
    package var groups: String

    /// OpenSSL's security level, 0 to 5, which bounds key sizes and digests of the whole chain.
    package var securityLevel: Int32

    /// Whether the server's order of ciphers decides rather than the client's.
    package var prefersServerOrder: Bool

    /// The application protocols, best first (ALPN, RFC 7301).
    ///
    /// A client that offers protocols but none of these is refused. Each name has 1 to 255 bytes.
    package var applicationProtocols: [String]

    /// Whether to ignore the clients' offers instead, and select no protocol.
    package var acceptsAnyProtocol: Bool

    /// Whether clients need a certificate, and from which issuers.
    package var clientCertificates: ClientCertificatePolicy

    /// Creates a policy; the defaults are those of level High.
    package init(
        minimumVersion: Version = .tls12, maximumVersion: Version = .tls13,
        cipherList: String = intermediateCiphers, cipherSuites: String = allSuites,
        groups: String = defaultGroups, securityLevel: Int32 = 2, prefersServerOrder: Bool = false,
        applicationProtocols: [String] = [], acceptsAnyProtocol: Bool = false,
        clientCertificates: ClientCertificatePolicy = ClientCertificatePolicy()
    ) {
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
        self.cipherList = cipherList
        self.cipherSuites = cipherSuites
        self.groups = groups
        self.securityLevel = securityLevel
        self.prefersServerOrder = prefersServerOrder
        self.applicationProtocols = applicationProtocols
        self.acceptsAnyProtocol = acceptsAnyProtocol
        self.clientCertificates = clientCertificates
    }
}

extension TLSPolicy {
    /// The ICS level with this ordinal of TSslSrvSecurity, 0 (None) to 9 (Tls13Only).
    ///
    /// 1 (Ssl3) has the settings that ICS uses for it today; 3 and 4 (Inter, InterFS) equal 5 (High).
    package static func level(_ ordinal: Int) -> TLSPolicy {
        precondition((0...9).contains(ordinal), "an ICS security level is 0 to 9")
        return switch ordinal {
        // Anonymous key exchange, which the plain ALL of ICS includes, would bypass the certificate.
        case 0: TLSPolicy(cipherList: "ALL:!aNULL", securityLevel: 0, prefersServerOrder: true)
        case 1: TLSPolicy(securityLevel: 1)
        case 2: TLSPolicy(cipherList: oldCiphers, securityLevel: 1, prefersServerOrder: true)
        case 6: TLSPolicy(securityLevel: 3)
        case 7: TLSPolicy(securityLevel: 4)
        case 8: TLSPolicy(maximumVersion: .tls12)
        case 9: TLSPolicy(minimumVersion: .tls13)
        default: TLSPolicy()
        }
    }

    /// The TLS 1.3 suites of every level.
    package static let allSuites =
        "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"

    /// The groups of every level.
    ///
    /// First the hybrid that resists quantum computers, where this OpenSSL has it (3.5). Then X25519, the
    /// fastest, and the one that clients guess in their first message. The slash makes the hybrid preferred
    /// even for a client that supports it but guessed another group, as in OpenSSL's own list.
    package static let defaultGroups =
        KeyExchangeGroups("X25519MLKEM768/X25519:P-256:P-384").known

    /// Mozilla's intermediate list for TLS 1.2.
    ///
    /// Its DHE ciphers stay unused: OpenSSL never selects them without DH parameters. That also rules out
    /// attacks that cause expensive computations with cheap requests (CVE-2002-20001).
    package static let intermediateCiphers = """
        ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
        ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
        ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:\
        DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305
        """

    /// Mozilla's old list for TLS 1.2.
    package static let oldCiphers =
        intermediateCiphers + """
            :ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:\
            ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384:\
            ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA256:\
            DHE-RSA-AES256-SHA256:AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256:\
            AES256-SHA256:AES128-SHA:AES256-SHA:DES-CBC3-SHA
            """
}
