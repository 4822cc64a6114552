extension Schema {
    /// The keys of hosts about TLS beyond the certificate.
    static let tlsKeys: [SchemaKey<HostSettings>] = [
        .init(
            "AuthSslCmd", .foreignBoolean, default: "False",
            help: "True: clients of the plain port may ask for TLS (STARTTLS, AUTH TLS)"
        ) { $0.tls.upgrade = $1 },
        .init(
            "AuthForceSsl", .foreignBoolean, default: "False",
            help: "True: clients of the plain port must ask for TLS before they log in"
        ) { $0.tls.forcedUpgrade = $1 },
    ]
}
