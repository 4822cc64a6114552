extension Schema {
    static let hostKeys: [SchemaKey<HostSettings>] = [
        .init(
            "Hosts", aliases: ["HostNames"], .serverNames,
            .required("list the server names, or * for any"),
            help: "server names by comma; *.example.org for one label, * for any name; required"
        ) { $0.names = $1.value },
        .init(
            "HostEnabled", aliases: ["Enabled"], .foreignBoolean, default: "True",
            help: "False: read and check this section, but do not serve it"
        ) { $0.isEnabled = $1.value },
        .init(
            "HostTag", .nonblankText,
            help: "a name for logs, which several hosts may share; blank for the section's name"
        ) { $0.tag = $1.value },
        .init(
            "Descr", aliases: ["Desc"], .text,
            help: "a description for people"
        ) { $0.description = $1.value },
        .init(
            "BindIpAddr", .listenAddresses,
            .required("write 0.0.0.0 for every IPv4 address, :: for every IPv6 address"),
            help: "where to listen, by comma: an IP address, 0.0.0.0 or :: for every one, "
                + "unix:/path or unix-ssl:/path; required"
        ) { $0.addresses += $1.value },
        .init(
            "BindIpAddr2", .listenAddresses,
            help: "more of the same"
        ) { $0.addresses += $1.value },
        .init(
            "BindNonPort", .port, default: "0",
            help: "the plain port: a number, 0 for none, or auto for a free one"
        ) { $0.plainPort = $1.port },
        .init(
            "BindSslPort", .port, default: "0",
            help: "the SSL port: a number, 0 for none, or auto for a free one"
        ) { $0.tlsPort = $1.port },
        .init(
            "SslCert", .pathsOrPEM, .tls,
            help: "the certificate file (PEM, DER, PKCS#7 or PKCS#12), or two by comma, ECDSA and "
                + "RSA; blank for one that is made here"
        ) { $0.certificate.files = $1.value },
        .init(
            "SslKey", .pathsOrPEM, .tls,
            help: "the private key file, or as many by comma as SslCert has; blank if those have "
                + "the keys"
        ) { $0.certificate.keys = $1.value },
        .init(
            "SslInter", aliases: ["SslInters"], .pathOrPEM, .tls,
            help: "the file of intermediate certificates"
        ) { $0.certificate.intermediates = $1 },
        .init(
            "SslPassword", .password, .tls, isSecret: true,
            help: "the password of the keys, or file:PATH, or credential:NAME for one of systemd "
                + "(LoadCredential=)"
        ) { $0.certificate.password = $1 },
        .init(
            "CertExpireDays", .integer(0...365), .tls,
            help: "days before the end of a certificate from which on to warn; blank for the "
                + "server's"
        ) { $0.certificate.expireDays = $1.value },
        .init(
            "SslSecLevel", aliases: ["SslSrvSecurity"],
            .choice(securityLevels, ordinals: SecurityLevel.allCases),
            default: "sslSrvSecHigh", .tls,
            help: "the TLS policy, by its name or number in ICS, or Mozilla's name"
        ) { $0.securityLevel = $1.value },
        .init(
            "DrainTimeout", .duration(.zero ... .seconds(86_400)),
            help:
                "how long its clients may take to finish when a reload changes or removes the host, "
                + "or the server stops; blank for that of [Server]"
        ) { $0.drainTimeout = $1.value },
        .init(
            "Handler", .nonblankText,
            help: "the module that serves the clients; required"
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
