extension Schema {
    /// Reserved keys of hosts alone.
    static let hostReserved: [ReservedKey] = [
        .init(
            name: "Proto", type: .anyText,
            help: "what clients of a proxy speak: HTTP, or any other word for plain TCP",
            lack: "HTTP is not looked into, bytes are passed as they come"),
        .init(
            name: "ForwardProxy", type: .flag, defaultText: "False",
            help: "True: be a forward proxy, which icshostd cannot be yet: the host is down",
            lack: "its host redirects all requests"),
        .init(
            name: "WebLogDir", type: .maskedPath, help: "where the web log of this host goes"),
        .init(
            name: "WellKnownPath", type: .anyPath,
            help: "the directory served as /.well-known/"),
        .init(
            name: "WebRedirectURL", type: .webAddress,
            help: "where clients are sent instead, which implies Handler=redirect"),
        .init(
            name: "WebRedirectStat", type: .redirectStatus, defaultText: "0",
            help: "the status of the redirect: 301, 302, 307 or 308; 0 for none"),
        .init(
            name: "SslLoadSource", type: .names(loadSources), defaultText: "CertLoadFile",
            isTLS: true, help: "where ICS loads the certificate from; here always files",
            lack: "there are no Windows certificate stores here, SslCert is read instead"),
        .init(
            name: "CertSupplierProto", type: .names(supplierProtocols),
            defaultText: "SuppProtoNone", isTLS: true,
            help: "how certificates are ordered",
            lack: "certificates are not ordered yet"),
        .init(
            name: "CertDirWork", type: .anyPath, isTLS: true,
            help: "the working directory of certificate orders",
            lack: "certificates are not ordered yet"),
    ]

    /// Reserved keys of hosts and, as their default, of `[Server]`.
    static let sharedReserved: [ReservedKey] = [
        .init(
            name: "CertChallenge", aliases: ["SrvCertChallenge"], type: .names(challenges),
            defaultText: "ChallNone", isTLS: true,
            help: "how an order proves that the names are ours; numbers as ICS 9.5 counts",
            lack: "certificates are not ordered yet"),
        .init(
            name: "CertPKeyType", aliases: ["SrvCertPKeyType"], type: .names(keyTypes),
            defaultText: "PrivKeyRsa2048", isTLS: true, help: "the key of ordered certificates",
            lack: "certificates are not ordered yet"),
        .init(
            name: "CertSignDigest", aliases: ["SrvCertSignDigest"], type: .names(digests),
            defaultText: "Digest_sha256", isTLS: true,
            help: "the digest of certificate requests",
            lack: "certificates are not ordered yet"),
        .init(
            name: "SupplierTitle", aliases: ["SrvSupplierTitle"], type: .anyText, isTLS: true,
            help: "the account at the certificate supplier",
            lack: "certificates are not ordered yet"),
        .init(
            name: "AcmeSupplier", aliases: ["SrvAcmeSupplier"], type: .names(suppliers),
            defaultText: "AcmeLetsEncrypt", isTLS: true, help: "the ACME supplier",
            lack: "certificates are not ordered yet"),
        .init(
            name: "AcmeCertProfile", aliases: ["SrvAcmeCertProfile"], type: .anyText, isTLS: true,
            help: "the ACME profile, such as classic, tlsserver or shortlived",
            lack: "certificates are not ordered yet"),
        .init(
            name: "AcmeCertValidity", aliases: ["SrvAcmeCertValidity"], type: .number(1...825),
            defaultText: "90", isTLS: true, help: "days that an ordered certificate is to last",
            lack: "certificates are not ordered yet"),
        .init(
            name: "WebDocDir", aliases: ["DocDir"], type: .anyPath,
            help: "the root of the documents, which implies Handler=web"),
        .init(
            name: "WebTemplDir", aliases: ["TemplateDir"], type: .anyPath,
            help: "the directory of page templates",
            lack: "there are no page templates yet"),
        .init(
            name: "WebDefDoc", aliases: ["DefaultDoc"], type: .anyText,
            help: "the document of a directory"),
        .init(
            name: "BandwidthLimit", type: .number(0...1_024_000_000), defaultText: "0",
            help: "bytes a second that a client may transfer, 0 for no limit",
            lack: "clients have no limit of speed yet"),
        .init(
            name: "BandwidthLimitKB", type: .kilobytes(0...1_000_000), defaultText: "0",
            help: "the same in KiB a second", storedAs: "BandwidthLimit",
            lack: "clients have no limit of speed yet"),
        .init(
            name: "KeepAliveTimeSec", type: .number(0...86_400), defaultText: "10",
            help: "seconds that a web client may be idle between requests"),
        .init(
            name: "KeepAliveTimeXferSec", type: .number(0...86_400), defaultText: "300",
            help: "seconds that a web client may stall in a transfer"),
        .init(
            name: "MaxRequestsKeepAlive", type: .number(0...1_000_000), defaultText: "100",
            help: "requests that a web client may send on one connection"),
        .init(
            name: "ServerHeader", type: .anyText, help: "the Server header of web answers"),
        .init(
            name: "PersistentHeader", type: .anyText,
            help: "header lines that every web answer gets"),
        .init(
            name: "SslCertAutoOrder", type: .flag, defaultText: "False",
            help: "True: order and renew certificates",
            lack: "certificates are not ordered yet"),
        .init(
            name: "OcspSrvStapling", type: .flag, defaultText: "False",
            help: "True: staple OCSP answers to handshakes",
            lack: "OCSP answers are not stapled yet"),
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

extension ValueType<HandlerOptionValue> {
    /// The statuses that ICS documents for redirects.
    fileprivate static let redirectStatus = choice(
        [0, 301, 302, 307, 308].map { ("\($0)", .integer($0)) })

    /// An absolute address of the web.
    fileprivate static let webAddress = ValueType(
        "an address such as https://www.example.org/"
    ) { WebAddress($0) == nil ? nil : .text(WebAddress.normalized($0)) }
}
