extension Schema {
    /// The keys of hosts about TLS beyond the certificate.
    static let tlsKeys: [SchemaKey<HostSettings>] = [
        .init(
            "SslCipherList12", \.tls.ciphers, .nonblankText, .tls,
            help: "ciphers of TLS 1.2 in the words of OpenSSL; blank for those of SslSecLevel"),
        .init(
            "SslCipherList13", \.tls.suites, .nonblankText, .tls,
            help: "suites of TLS 1.3; blank for those of SslSecLevel"),
        .init(
            "SslCryptoGroups", \.tls.groups, .nonblankText, .tls,
            help:
                "key exchange groups, best first; those that OpenSSL does not know are passed over; blank "
                + "for X25519MLKEM768 (where OpenSSL has it, from 3.5 on), X25519, P-256, P-384"),
        .init(
            "SslAlpnProtocols", \.tls.protocols, .applicationProtocols, .tls,
            help: "the protocols that clients may ask for (ALPN), best first, such as imap: who "
                + "asks, and for none of them, is refused; * for any; blank for those of the "
                + "handler: web and redirect have http/1.1 and http/1.0, the others none"),
        .init(
            "CliCertMethod", \.tls.clients.method, aliases: ["SslCliCertMethod"],
            .clientCertificateMethod,
            default: "sslCliCertNone", .tls,
            help: "whether clients are asked for a certificate; of this and the server's, the "
                + "stricter counts"),
        .init(
            "CliCertCA", \.tls.clients.authorities, .path, .tls,
            help: "a PEM file or a directory of such: who may issue certificates of clients; blank "
                + "for the server's, else the authorities of the system"),
        .init(
            "CliCertCRL", \.tls.clients.revocations, .path, .tls,
            help: "a file with the revocation lists of all of them (PEM); blank for the server's"),
        .init(
            "SslUnknownName", \.tls.unknownName, .cases, .tls,
            help: "where this host is the first of its SSL port, clients of a name that nobody has "
                + "get it (default) or are refused (reject); blank for the server's"),
        .init(
            "AuthSslCmd", \.tls.upgrade, .foreignBoolean, default: "False",
            help: "True: clients of the plain port may ask for TLS (STARTTLS, AUTH TLS)"),
        .init(
            "AuthForceSsl", \.tls.forcedUpgrade, .foreignBoolean, default: "False",
            help:
                "True: clients of the plain port must ask for TLS before they log in; those of a web host are "
                + "sent to https on its SSL port"),
    ]

    /// The keys of `[Server]` about TLS.
    static let serverTLSKeys: [SchemaKey<ServerSettings>] = [
        .init(
            "NoSSL", .foreignBoolean, default: "False",
            help: "True: no host may have an SSL port"
        ) {
            $0.forbidsTLS?.value.spelling
        } store: {
            $0.forbidsTLS = $1.value ? $1 : nil
        },
        .init(
            "SslCliCertMethod", aliases: ["CliCertMethod"], .clientCertificateMethod,
            default: "sslCliCertNone",
            help: "whether clients of all hosts are asked for a certificate"
        ) {
            $0.clientCertificates.method?.value.name
        } store: {
            $0.clientCertificates.method = $1.value == .none ? nil : $1
        },
        .init(
            "CliCertCA", \.clientCertificates.authorities, .path,
            help: "a PEM file or a directory of such: who may issue certificates of clients"),
        .init(
            "CliCertCRL", \.clientCertificates.revocations, .path,
            help: "a file with the revocation lists of all of them (PEM)"),
        .init(
            "SslUnknownName", .cases, default: "default",
            help:
                "SSL clients of a name that nobody has, or of none: default gives them to the first "
                + "host of the port, reject refuses them"
        ) {
            $0.unknownName?.value.rawValue
        } store: {
            $0.unknownName = $1.value == .default ? nil : $1
        },
        .init(
            "CertExpireDays", \.certificateExpireDays, .integer(0...365), default: "30",
            help: "days before the end of a certificate from which on to warn"),
        .init(
            "SslTicketKeyFile", \.ticketKeyFile, .path,
            help:
                "keys of session tickets that several machines share: 1 to 8 times 80 random bytes; "
                + "blank for keys of our own that change every 12 hours"),
    ]
}

extension ValueType<ClientCertificateSettings.Method> {
    /// The names and numbers of ICS.
    fileprivate static let clientCertificateMethod = choice(
        ClientCertificateSettings.Method.allCases.map { ($0.name, $0) },
        ordinals: ClientCertificateSettings.Method.allCases)
}

extension ValueType<[String]> {
    /// Names of protocols (RFC 7301, 3.1), or `*` for any.
    fileprivate static let applicationProtocols = ValueType(
        "names of protocols by comma, of 1 to 255 characters each, or * for any",
        parse: { text in
            let names = text.split { ", \t".contains($0) }.map(String.init)
            let areGood = names.allSatisfy { name in
                name.utf8.count <= 255 && name.utf8.allSatisfy { (0x21...0x7e).contains($0) }
            }
            guard areGood, !names.isEmpty, names == ["*"] || !names.contains("*") else {
                return nil
            }
            return names
        })
}
