internal import Configuration

extension IcsHost {
    /// The property of each key that is not reserved.
    static let keys: [PropertyKey<IcsHost>] = [
        .init("Hosts", \.names), .init("HostEnabled", \.isEnabled), .init("HostTag", \.tag),
        .init("Descr", \.description), .init("BindIpAddr", \.addresses),
        .init("BindNonPort", \.plainPort), .init("BindSslPort", \.sslPort),
        .init("SslCert", \.certificate.certificate), .init("SslKey", \.certificate.key),
        .init("SslInter", \.certificate.intermediates),
        .init("SslPassword", \.certificate.password),
        .init("CertExpireDays", \.certificateExpireDays), .init("SslSecLevel", \.securityLevel),
        .init("Handler", \.handler), .init("DrainTimeout", \.drainTimeout),
        .init("SslCipherList12", \.ciphers), .init("SslCipherList13", \.cipherSuites),
        .init("SslCryptoGroups", \.groups), .init("SslAlpnProtocols", \.applicationProtocols),
        .init("CliCertMethod", \.clientCertificates), .init("CliCertCA", \.clientAuthorities),
        .init("CliCertCRL", \.clientRevocations), .init("SslUnknownName", \.unknownServerName),
        .init("AuthSslCmd", \.offersUpgrade), .init("AuthForceSsl", \.requiresUpgrade),
        .init("BindDevice", \.device), .init("FreeBind", \.isFreeBind),
        .init("KeepAlive", \.keepAlive), .init("FastOpen", \.fastOpen),
        .init("DeferAccept", \.deferAccept), .init("UnixMode", \.octalUnixMode),
        .init("UnixOwner", \.unixOwner), .init("AllowFrom", \.allowedClients),
        .init("DenyFrom", \.deniedClients), .init("ProxyProtocol", \.proxyProtocol),
        .init("TrustedProxies", \.trustedProxies),
    ]

    private var octalUnixMode: String? { unixMode.map { String($0, radix: 8) } }

    /// The host as a section of a file.
    func section(named name: String) -> INIDocument.Section {
        INIDocument.Section(
            name, self, IcsHost.keys, handler.keys + others, at: SourceLocation(place))
    }
}

extension IcsHost.Target {
    /// The property of each key that is not reserved; `HostTag` is that of the host.
    static let keys: [PropertyKey<IcsHost.Target>] = [
        .init("TarHost", \.host), .init("TarPort", \.port), .init("TarSsl", \.usesTLS),
        .init("TarBackup", \.isBackup), .init("HostEnabled", \.isEnabled),
        .init("Descr", \.description), .init("IdleTimeout", \.idleTimeout),
        .init("SocketFamily", \.socketFamily),
    ]

    /// The target of a host as a section of a file.
    func section(named name: String, tag: String, at place: CodePlace) -> INIDocument.Section {
        INIDocument.Section(
            name, self, IcsHost.Target.keys, [("HostTag", tag)] + others, at: SourceLocation(place))
    }
}

extension SourceLocation {
    /// A place in Swift code.
    init(_ place: CodePlace) {
        self.init(file: place.file, line: place.line, column: place.column)
    }
}
