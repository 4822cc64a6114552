internal import Configuration
internal import HandlerAPI
internal import TLS

extension HandlerOptions {
    /// Creates the options of one host's handler from its settings; `warn` receives the handler's warnings.
    init(
        _ settings: HostSettings,
        warn: @escaping @Sendable (_ key: String, _ message: String) -> Void
    ) {
        let values = settings.handlerOptions.map { ($0.key, $0.value) }
        var tlsPort: Int?
        if case .number(let port) = settings.tlsPort?.value { tlsPort = Int(port) }
        self.init(
            hostTag: settings.tag, values: Dictionary(values) { _, last in last },
            tlsPort: tlsPort, requiresTLS: settings.tls.requiresUpgrade,
            targets: settings.targets.map(TargetOptions.init),
            makeTLS: { DialingPolicy(try TLSClientContext($0)) }, warn: warn)
    }
}

extension TargetOptions {
    init(_ settings: TargetSettings) {
        self.init(
            section: settings.section, host: settings.host?.value ?? "",
            port: UInt16(clamping: settings.port), usesTLS: settings.usesTLS,
            isBackup: settings.isBackup,
            idleTimeout: settings.idleTimeout == .zero ? nil : settings.idleTimeout,
            family: DialTarget.Family(socketFamily: settings.socketFamily), path: settings.path)
        rewritesHeaders = settings.rewritesHeaders
        rewritesPages = settings.rewritesPages
    }
}

extension DialTarget.Family {
    /// `SocketFamily` of ICS: sfAny with a family prefers it, sf with a family wants no other.
    init(socketFamily: String?) {
        switch socketFamily {
        case "sfAnyIPv4": self = .preferIPv4
        case "sfAnyIPv6": self = .preferIPv6
        case "sfIPv4": self = .onlyIPv4
        case "sfIPv6": self = .onlyIPv6
        default: self = .any
        }
    }
}

extension TLSClientContext {
    /// Loads what a handler asks for.
    convenience init(_ settings: ClientTLSSettings) throws(ClientTLSError) {
        var own = Settings()
        own.verifies = settings.verifies
        own.authorities = settings.authorities
        own.certificate = settings.certificate
        own.key = settings.key
        do throws(TLSError) {
            try self.init(own)
        } catch {
            let parts: [String: ClientTLSError.Part] = [
                "authorities": .authorities, "key": .key,
            ]
            throw ClientTLSError(parts[error.code] ?? .certificate, error.message)
        }
    }
}
