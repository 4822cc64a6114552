extension Schema {
    static let hostKeys: [SchemaKey<HostSettings>] = [
        .init(
            "Hosts", \.names, aliases: ["HostNames"], .serverNames,
            .required("list the server names, or * for any"),
            help: "server names by comma; *.example.org for one label, * for any name; required"),
        .init(
            "HostEnabled", aliases: ["Enabled"], .foreignBoolean, default: "True",
            help: "False: read and check this section, but do not serve it"
        ) {
            $0.isEnabled.spelling
        } store: {
            $0.isEnabled = $1.value
        },
        .init(
            "HostTag", .nonblankText,
            help: "a name for logs, which several hosts may share; blank for the section's name"
        ) {
            $0.tag == $0.section ? nil : $0.tag
        } store: {
            $0.tag = $1.value
        },
        .init(
            "Descr", \.description, aliases: ["Desc"], .text,
            help: "a description for people"),
        .init(
            "BindIpAddr", .listenAddresses,
            .required("write 0.0.0.0 for every IPv4 address, :: for every IPv6 address"),
            help: "where to listen, by comma: an IP address, 0.0.0.0 or :: for every one, "
                + "unix:/path or unix-ssl:/path; required"
        ) {
            $0.addresses.map { "\($0.value)" }.joined(separator: ",")
        } store: {
            $0.addresses += $1.value
        },
        .init(
            "BindIpAddr2", .listenAddresses,
            help: "more of the same"
        ) { _ in
            nil
        } store: {
            $0.addresses += $1.value
        },
        .init(
            "BindNonPort", \.plainPort, .port, default: "0",
            help: "the plain port: a number, 0 for none, or auto for a free one"),
        .init(
            "BindSslPort", \.tlsPort, .port, default: "0",
            help: "the SSL port: a number, 0 for none, or auto for a free one"),
        .init(
            "SslCert", \.certificate.files, .pathsOrPEM, .tls,
            help: "the certificate file (PEM, DER, PKCS#7 or PKCS#12), or two by comma, ECDSA and "
                + "RSA; blank for one that is made here"),
        .init(
            "SslKey", \.certificate.keys, .pathsOrPEM, .tls,
            help: "the private key file, or as many by comma as SslCert has; blank if those have "
                + "the keys"),
        .init(
            "SslInter", \.certificate.intermediates, aliases: ["SslInters"], .pathOrPEM, .tls,
            help: "the file of intermediate certificates"),
        .init(
            "SslPassword", \.certificate.password, .password, .tls, isSecret: true,
            help: "the password of the keys, or file:PATH, or credential:NAME for one of systemd "
                + "(LoadCredential=)"),
        .init(
            "CertExpireDays", \.certificate.expireDays, .integer(0...365), .tls,
            help: "days before the end of a certificate from which on to warn; blank for the "
                + "server's"),
        .init(
            "SslSecLevel", \.securityLevel, aliases: ["SslSrvSecurity"],
            .choice(securityLevels, ordinals: SecurityLevel.allCases),
            default: "sslSrvSecHigh", .tls,
            help: "the TLS policy, by its name or number in ICS, or Mozilla's name"),
        .init(
            "DrainTimeout", \.drainTimeout, .duration(.zero ... .seconds(86_400)),
            help:
                "how long its clients may take to finish when a reload changes or removes the host, "
                + "or the server stops; blank for that of [Server]"),
        .init(
            "Handler", \.handler, .nonblankText,
            help: "the module that serves the clients; required"),
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
