internal import HandlerAPI

extension Schema {
    /// Reserved keys of hosts only.
    static let hostReserved: [ReservedKey] = [
        .init(
            name: "Proto", type: .anyText,
            help: "The protocol of the clients of a proxy: HTTP, or any other word for plain "
                + "TCP.",
            lack: "HTTP is not inspected, bytes are passed through"),
        .init(
            name: "ForwardProxy", type: .flag, defaultText: "False",
            help: "True: act as a forward proxy. The daemon cannot do so yet: the host is down.",
            lack: "its host redirects all requests"),
        .init(
            name: "WebLogDir", type: .maskedPath, help: "The directory of the access log."),
        .init(
            name: "WellKnownPath", type: .anyPath,
            help: "The directory to serve as /.well-known/."),
        .init(
            name: "WebRedirectURL", type: .webAddress,
            help: "The address to redirect all requests to. Implies Handler=redirect."),
        .init(
            name: "WebRedirectStat", type: .redirectStatus, defaultText: "0",
            help: "The status code of redirects: 301, 302, 307 or 308; 0 for none."),
        .init(
            name: "SslLoadSource", type: .names(loadSources), defaultText: "CertLoadFile",
            isTLS: true,
            help: "Where ICS loads the certificate from. The daemon always reads files.",
            lack: "there are no Windows certificate stores here, SslCert is read instead"),
        .init(
            name: "CertSupplierProto", type: .names(supplierProtocols),
            defaultText: "SuppProtoNone", isTLS: true,
            help: "The protocol for ordering certificates.",
            lack: "certificates are not ordered yet"),
        .init(
            name: "CertDirWork", type: .anyPath, isTLS: true,
            help: "The working directory for certificate orders.",
            lack: "certificates are not ordered yet"),
    ]

    /// Reserved keys of hosts, and of `[Server]` as defaults for hosts.
    static let sharedReserved: [ReservedKey] = [
        .init(
            name: "CertChallenge", aliases: ["SrvCertChallenge"], type: .names(challenges),
            defaultText: "ChallNone", isTLS: true,
            help: "How a certificate order proves control of the names. Numbers are those of "
                + "ICS 9.5.",
            lack: "certificates are not ordered yet"),
        .init(
            name: "CertPKeyType", aliases: ["SrvCertPKeyType"], type: .names(keyTypes),
            defaultText: "PrivKeyRsa2048", isTLS: true,
            help: "The type of private key for ordered certificates.",
            lack: "certificates are not ordered yet"),
        .init(
            name: "CertSignDigest", aliases: ["SrvCertSignDigest"], type: .names(digests),
            defaultText: "Digest_sha256", isTLS: true,
            help: "The digest of certificate signing requests.",
            lack: "certificates are not ordered yet"),
        .init(
            name: "SupplierTitle", aliases: ["SrvSupplierTitle"], type: .anyText, isTLS: true,
            help: "The account at the certificate supplier.",
            lack: "certificates are not ordered yet"),
        .init(
            name: "AcmeSupplier", aliases: ["SrvAcmeSupplier"], type: .names(suppliers),
            defaultText: "AcmeLetsEncrypt", isTLS: true, help: "The ACME supplier.",
            lack: "certificates are not ordered yet"),
        .init(
            name: "AcmeCertProfile", aliases: ["SrvAcmeCertProfile"], type: .anyText, isTLS: true,
            help: "The ACME profile, such as classic, tlsserver or shortlived.",
            lack: "certificates are not ordered yet"),
        .init(
            name: "AcmeCertValidity", aliases: ["SrvAcmeCertValidity"], type: .number(1...825),
            defaultText: "90", isTLS: true, help: "The validity of ordered certificates, in days.",
            lack: "certificates are not ordered yet"),
        .init(
            name: "WebDocDir", aliases: ["DocDir"], type: .anyPath,
            help: "The document root. Implies Handler=web."),
        .init(
            name: "WebTemplDir", aliases: ["TemplateDir"], type: .anyPath,
            help: "The directory of page templates.",
            lack: "there are no page templates yet"),
        .init(
            name: "WebDefDoc", aliases: ["DefaultDoc"], type: .anyText,
            help: "The index documents of a directory, separated by commas."),
        .init(
            name: "BandwidthLimit", type: .number(0...1_024_000_000), defaultText: "0",
            help: "The maximum transfer rate of a client, in bytes per second; 0 means no "
                + "limit.",
            lack: "bandwidth is not limited yet"),
        .init(
            name: "BandwidthLimitKB", type: .kilobytes(0...1_000_000), defaultText: "0",
            help: "The same as BandwidthLimit, in KiB per second.", storedAs: "BandwidthLimit",
            lack: "bandwidth is not limited yet"),
        .init(
            name: "KeepAliveTimeSec", type: .number(0...86_400), defaultText: "10",
            help: "How long a web client may be idle between requests, in seconds."),
        .init(
            name: "KeepAliveTimeXferSec", type: .number(0...86_400), defaultText: "300",
            help: "How long a transfer of a web client may stall, in seconds."),
        .init(
            name: "MaxRequestsKeepAlive", type: .number(0...1_000_000), defaultText: "100",
            help: "The maximum number of requests on one connection."),
        .init(
            name: "ServerHeader", type: .anyText, help: "The Server header of web responses."),
        .init(
            name: "PersistentHeader", type: .anyText,
            help: "A header line for all web responses, NAME: VALUE."),
        .init(
            name: "SslCertAutoOrder", type: .flag, defaultText: "False",
            help: "True: order and renew certificates.",
            lack: "certificates are not ordered yet"),
        .init(
            name: "OcspSrvStapling", type: .flag, defaultText: "False",
            help: "True: staple OCSP responses in TLS handshakes.",
            lack: "OCSP responses are not stapled yet"),
    ]

    private static let loadSources = ["CertLoadFile", "CertWinStoreMachine", "CertWinStoreUser"]
    private static let supplierProtocols = [
        "SuppProtoNone", "SuppProtoOwnCA", "SuppProtoAcmeV2", "SuppProtoCertCentre",
        "SuppProtoServtas",
    ]
    private static let challenges = [
        "ChallNone", "ChallFileUNC", "ChallFileFtp", "ChallFileSrv", "ChallFileApp",
        "ChallDnsAuto", "ChallDnsAcnt", "ChallDnsMan", "ChallEmail", "ChallAlpnUNC",
        "ChallAlpnSrv", "ChallAlpnApp", "ChallManual",
    ]
    private static let keyTypes = [
        "PrivKeyRsa1024", "PrivKeyRsa2048", "PrivKeyRsa3072", "PrivKeyRsa4096", "PrivKeyRsa7680",
        "PrivKeyRsa15360", "PrivKeyECsecp256", "PrivKeyECsecp384", "PrivKeyECsecp512",
        "PrivKeyEd25519", "PrivKeyRsaPss2048", "PrivKeyRsaPss3072", "PrivKeyRsaPss4096",
        "PrivKeyRsaPss7680", "PrivKeyRsaPss15360", "PrivKeyECsecp256k",
    ]
    private static let digests = [
        "Digest_md5", "Digest_mdc2", "Digest_sha1", "Digest_sha224", "Digest_sha256",
        "Digest_sha384", "Digest_sha512", "Digest_ripemd160", "Digest_sha3_224",
        "Digest_sha3_256", "Digest_sha3_384", "Digest_sha3_512", "Digest_shake128",
        "Digest_shake256", "Digest_None",
    ]
    private static let suppliers = [
        "AcmeLetsEncrypt", "AcmeLetsEncryptTest", "AcmeZeroSSL", "AcmeGoogle", "AcmeGoogleTest",
        "AcmeDigicert", "AcmeDigicertTest", "AcmeSslcomRSA", "AcmeSslcomECC",
    ]
}

extension ValueType<HandlerOptions.Value> {
    /// The redirect statuses that ICS documents.
    fileprivate static let redirectStatus = choice(
        [0, 301, 302, 307, 308].map { ("\($0)", .integer($0)) })

    /// An absolute URL.
    fileprivate static let webAddress = ValueType(
        "an address such as https://www.example.org/"
    ) { WebAddress($0) == nil ? nil : .text(WebAddress.normalized($0)) }
}
