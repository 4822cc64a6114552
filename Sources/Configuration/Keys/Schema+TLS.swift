extension Schema {
    /// The TLS keys of hosts, except those of the certificate.
    static let tlsKeys: [SchemaKey<HostSettings>] = [
        .init(
            "SslCipherList12", \.tls.ciphers, .nonblankText, .tls,
            help: "The ciphers of TLS 1.2, as an OpenSSL cipher list. Blank uses those of "
                + "SslSecLevel."),
        .init(
            "SslCipherList13", \.tls.suites, .nonblankText, .tls,
            help: "The cipher suites of TLS 1.3, separated by colons. Blank uses those of "
                + "SslSecLevel."),
        .init(
            "SslCryptoGroups", \.tls.groups, .nonblankText, .tls,
            help: "The key exchange groups in order of preference, separated by colons. Groups "
                + "that OpenSSL does not know are ignored. Blank uses X25519MLKEM768 (OpenSSL "
                + "3.5 and later), X25519, P-256 and P-384."),
        .init(
            "SslAlpnProtocols", \.tls.protocols, .applicationProtocols, .tls,
            help: "The application protocols (ALPN) in order of preference, separated by "
                + "commas, such as imap. A client that offers protocols, but none of these, is "
                + "refused. * accepts any. Blank uses those of the handler: http/1.1 and "
                + "http/1.0 for web and redirect, none for the others."),
        .init(
            "CliCertMethod", \.tls.clients.method, aliases: ["SslCliCertMethod"],
            .clientCertificateMethod,
            default: "sslCliCertNone", .tls,
            help: "Whether SSL clients must present a certificate: it is not requested "
                + "(sslCliCertNone), requested (sslCliCertOptional) or required "
                + "(sslCliCertRequire). The stricter of this and SslCliCertMethod of [Server] "
                + "applies."),
        .init(
            "CliCertCA", \.tls.clients.authorities, .path, .tls,
            help: "The certificate authorities that may issue client certificates: a PEM file, "
                + "or a directory of PEM files. Blank uses CliCertCA of [Server], or else the "
                + "authorities of the system."),
        .init(
            "CliCertCRL", \.tls.clients.revocations, .path, .tls,
            help: "A PEM file with the certificate revocation lists of all authorities in "
                + "CliCertCA. Blank uses CliCertCRL of [Server]."),
        .init(
            "SslUnknownName", \.tls.unknownName, .cases, .tls,
            help: "What happens to a client whose server name (SNI) matches no host, on a port "
                + "whose first host is this one: default serves it with this host, reject "
                + "refuses it. Blank uses SslUnknownName of [Server]."),
        .init(
            "AuthSslCmd", \.tls.upgrade, .foreignBoolean, default: "False",
            help: "True: clients of the plain port may start TLS with a command of their "
                + "protocol, such as STARTTLS."),
        .init(
            "AuthForceSsl", \.tls.forcedUpgrade, .foreignBoolean, default: "False",
            help: "True: clients of the plain port must start TLS before they log in. A web "
                + "host redirects them to https on its SSL port."),
    ]

    /// The TLS keys of `[Server]`.
    static let serverTLSKeys: [SchemaKey<ServerSettings>] = [
        .init(
            "NoSSL", .foreignBoolean, default: "False",
            help: "True: reject a configuration in which a host has an SSL port."
        ) {
            $0.forbidsTLS?.value.spelling
        } store: {
            $0.forbidsTLS = $1.value ? $1 : nil
        },
        .init(
            "SslCliCertMethod", aliases: ["CliCertMethod"], .clientCertificateMethod,
            default: "sslCliCertNone",
            help: "Whether SSL clients of all hosts must present a certificate: it is not "
                + "requested (sslCliCertNone), requested (sslCliCertOptional) or required "
                + "(sslCliCertRequire)."
        ) {
            $0.clientCertificates.method?.value.name
        } store: {
            $0.clientCertificates.method = $1.value == .none ? nil : $1
        },
        .init(
            "CliCertCA", \.clientCertificates.authorities, .path,
            help: "The certificate authorities that may issue client certificates: a PEM file, "
                + "or a directory of PEM files. Blank uses the authorities of the system."),
        .init(
            "CliCertCRL", \.clientCertificates.revocations, .path,
            help: "A PEM file with the certificate revocation lists of all authorities in "
                + "CliCertCA."),
        .init(
            "SslUnknownName", .cases, default: "default",
            help: "What happens to an SSL client whose server name (SNI) matches no host, or "
                + "that sends none: default serves it with the first host of the port, reject "
                + "refuses it."
        ) {
            $0.unknownName?.value.rawValue
        } store: {
            $0.unknownName = $1.value == .default ? nil : $1
        },
        .init(
            "CertExpireDays", \.certificateExpireDays, .integer(0...365), default: "30",
            help: "How many days before a certificate expires the daemon starts to warn."),
        .init(
            "SslTicketKeyFile", \.ticketKeyFile, .path,
            help: "A file of session ticket keys that several machines share: 1 to 8 keys of 80 "
                + "random bytes each. The first encrypts new tickets. Blank uses random keys "
                + "that change every 12 hours."),
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
