extension Schema {
    static let hostKeys: [SchemaKey<HostSettings>] = [
        .init(
            "Hosts", aliases: ["HostNames"], .serverNames,
            .required("list the server names, or * for any"),
            help: "The server names of the host, separated by commas. *.example.org matches one "
                + "label, * any name. Required."
        ) { $0.names = $1.value },
        .init(
            "HostEnabled", aliases: ["Enabled"], .foreignBoolean, default: "True",
            help: "False: check this section, but do not serve the host."
        ) { $0.isEnabled = $1.value },
        .init(
            "HostTag", .nonblankText,
            help: "The name of the host in logs and commands. Several hosts may share one. "
                + "Blank uses the name of the section."
        ) { $0.tag = $1.value },
        .init(
            "Descr", aliases: ["Desc"], .text,
            help: "A description for the operator."
        ) { $0.description = $1.value },
        .init(
            "BindIpAddr", .listenAddresses,
            .required("write 0.0.0.0 for every IPv4 address, :: for every IPv6 address"),
            help: "The addresses to listen on, separated by commas: IP addresses, 0.0.0.0 for "
                + "all IPv4 addresses, :: for all IPv6 addresses, unix:/path for a plain unix "
                + "socket, unix-ssl:/path for one with TLS. Required."
        ) { $0.addresses += $1.value },
        .init(
            "BindIpAddr2", .listenAddresses,
            help: "Further addresses to listen on, as in BindIpAddr."
        ) { $0.addresses += $1.value },
        .init(
            "BindNonPort", .port, default: "0",
            help: "The plain port; 0 for none, auto for a free port that the kernel chooses."
        ) { $0.plainPort = $1.port },
        .init(
            "BindSslPort", .port, default: "0",
            help: "The SSL port; 0 for none, auto for a free port that the kernel chooses."
        ) { $0.tlsPort = $1.port },
        .init(
            "SslCert", .pathsOrPEM, .tls,
            help: "The certificate file (PEM, DER, PKCS#7 or PKCS#12), or two separated by a "
                + "comma, ECDSA and RSA. Blank uses a self-signed certificate, which icshostd "
                + "creates and renews."
        ) { $0.certificate.files = $1.value },
        .init(
            "SslKey", .pathsOrPEM, .tls,
            help: "The private key file, or one for each file in SslCert, separated by commas. "
                + "Blank reads the keys from those files."
        ) { $0.certificate.keys = $1.value },
        .init(
            "SslInter", aliases: ["SslInters"], .pathOrPEM, .tls,
            help: "A file of intermediate certificates."
        ) { $0.certificate.intermediates = $1 },
        .init(
            "SslPassword", .password, .tls, isSecret: true,
            help: "The password of the private keys, file:PATH for a file that contains it, or "
                + "credential:NAME for a credential of systemd (LoadCredential=)."
        ) { $0.certificate.password = $1 },
        .init(
            "CertExpireDays", .integer(0...365), .tls,
            help: "How many days before a certificate expires icshostd starts to warn. Blank "
                + "uses CertExpireDays of [Server]."
        ) { $0.certificate.expireDays = $1.value },
        .init(
            "SslSecLevel", aliases: ["SslSrvSecurity"],
            .choice(securityLevels, ordinals: SecurityLevel.allCases),
            default: "sslSrvSecHigh", .tls,
            help: "The TLS policy (protocol versions and ciphers), by its name or number in "
                + "ICS, or by Mozilla's name."
        ) { $0.securityLevel = $1.value },
        .init(
            "DrainTimeout", .duration(.zero ... .seconds(86_400)),
            help: "How long clients may take to finish at shutdown, or when a reload changes or "
                + "removes the host, in seconds or with a unit: ms, s, m or h. Those that "
                + "remain are disconnected. Blank uses DrainTimeout of [Server]."
        ) { $0.drainTimeout = $1.value },
        .init(
            "Handler", .nonblankText,
            help: "The handler that serves the clients. Required."
        ) { $0.handler = $1 },
    ]

    /// The name of a level in ICS.
    static func name(of level: SecurityLevel) -> String {
        securityLevels.first { $0.value == level }?.name ?? ""
    }

    /// The names of ICS's TSslSrvSecurity, and those that Mozilla has for three of them.
    private static let securityLevels: [(name: String, value: SecurityLevel)] = [
        ("sslSrvSecNone", .none), ("sslSrvSecSsl3", .ssl3), ("sslSrvSecBack", .backward),
        ("sslSrvSecInter", .intermediate), ("sslSrvSecInterFS", .intermediateFS),
        ("sslSrvSecHigh", .high), ("sslSrvSecHigh128", .high128),
        ("sslSrvSecHigh192", .high192), ("sslSrvSecTls12Less", .tls12OrLess),
        ("sslSrvSecTls13Only", .tls13Only), ("sslSrvSecDefault", .high),
        ("modern", .tls13Only), ("intermediate", .high), ("old", .backward),
    ]
}

extension Located<PortChoice?> {
    /// The port with its place, nil for none.
    fileprivate var port: Located<PortChoice>? {
        value.map { Located<PortChoice>($0, at: location) }
    }
}
