extension Schema {
    static let hostKeys: [SchemaKey<HostSettings>] = [
        .init(
            "Hosts", \.names, aliases: ["HostNames"], .serverNames,
            .required("list the server names, or * for any"),
            help: "The server names of the host, separated by commas. *.example.org matches one "
                + "label, * any name. Required."),
        .init(
            "HostEnabled", aliases: ["Enabled"], .foreignBoolean, default: "True",
            help: "False: check this section, but do not serve the host."
        ) {
            $0.isEnabled.spelling
        } store: {
            $0.isEnabled = $1.value
        },
        .init(
            "HostTag", .nonblankText,
            help: "The name of the host in logs and commands. Several hosts may share one. "
                + "Blank uses the name of the section."
        ) {
            $0.tag == $0.section ? nil : $0.tag
        } store: {
            $0.tag = $1.value
        },
        .init(
            "Descr", \.description, aliases: ["Desc"], .text,
            help: "A description for the operator."),
        .init(
            "BindIpAddr", .listenAddresses,
            .required("write 0.0.0.0 for every IPv4 address, :: for every IPv6 address"),
            help: "The addresses to listen on, separated by commas: IP addresses, 0.0.0.0 for "
                + "all IPv4 addresses, :: for all IPv6 addresses, unix:/path for a plain unix "
                + "socket, unix-ssl:/path for one with TLS. Required."
        ) {
            $0.addresses.map { "\($0.value)" }.joined(separator: ",")
        } store: {
            $0.addresses += $1.value
        },
        .init(
            "BindIpAddr2", .listenAddresses,
            help: "Further addresses to listen on, as in BindIpAddr."
        ) { _ in
            nil
        } store: {
            $0.addresses += $1.value
        },
        .init(
            "BindNonPort", \.plainPort, .port, default: "0",
            help: "The plain port; 0 for none, auto for a free port that the kernel chooses."),
        .init(
            "BindSslPort", \.tlsPort, .port, default: "0",
            help: "The SSL port; 0 for none, auto for a free port that the kernel chooses."),
        .init(
            "SslCert", \.certificate.files, .pathsOrPEM, .tls,
            help: "The certificate file (PEM, DER, PKCS#7 or PKCS#12), or two separated by a "
                + "comma, ECDSA and RSA. Blank uses a self-signed certificate, which the daemon "
                + "creates and renews."),
        .init(
            "SslKey", \.certificate.keys, .pathsOrPEM, .tls,
            help: "The private key file, or one for each file in SslCert, separated by commas. "
                + "Blank reads the keys from those files."),
        .init(
            "SslInter", \.certificate.intermediates, aliases: ["SslInters"], .pathOrPEM, .tls,
            help: "A file of intermediate certificates."),
        .init(
            "SslPassword", \.certificate.password, .password, .tls, isSecret: true,
            help: "The password of the private keys, file:PATH for a file that contains it, or "
                + "credential:NAME for a credential of systemd (LoadCredential=)."),
        .init(
            "CertExpireDays", \.certificate.expireDays, .integer(0...365), .tls,
            help: "How many days before a certificate expires the daemon starts to warn. Blank "
                + "uses CertExpireDays of [Server]."),
        .init(
            "SslSecLevel", \.securityLevel, aliases: ["SslSrvSecurity"],
            .choice(securityLevels, ordinals: SecurityLevel.allCases),
            default: "sslSrvSecHigh", .tls,
            help: "The TLS policy (protocol versions and ciphers), by its name or number in "
                + "ICS, or by Mozilla's name."),
        .init(
            "Handler", \.handler, .nonblankText,
            help: "The handler that serves the clients. Required."),
    ]

    /// The name of a level in ICS.
    static func name(of level: SecurityLevel) -> String {
        securityLevels.first { $0.value == level }?.name ?? ""
    }

    /// The names of ICS's TSslSrvSecurity, and Mozilla's names for three of them.
    private static let securityLevels: [(name: String, value: SecurityLevel)] = [
        ("sslSrvSecNone", .none), ("sslSrvSecSsl3", .ssl3), ("sslSrvSecBack", .backward),
        ("sslSrvSecInter", .intermediate), ("sslSrvSecInterFS", .intermediateFS),
        ("sslSrvSecHigh", .high), ("sslSrvSecHigh128", .high128),
        ("sslSrvSecHigh192", .high192), ("sslSrvSecTls12Less", .tls12OrLess),
        ("sslSrvSecTls13Only", .tls13Only), ("sslSrvSecDefault", .high),
        ("modern", .tls13Only), ("intermediate", .high), ("old", .backward),
    ]
}
