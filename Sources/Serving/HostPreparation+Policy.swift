internal import Configuration
internal import HandlerAPI
internal import Planning
internal import TLS

extension HostPreparation {
    /// The context for what a host demands; hosts that demand the same share it.
    mutating func context(
        for settings: HostSettings, _ protocols: [String]
    ) throws(HostTrouble) -> TLSContext {
        let policy = TLSPolicy(settings, protocols)
        if let context = contexts[policy] { return context }
        do throws(TLSError) {
            let context = try TLSContext(policy: policy)
            contexts[policy] = context
            warnOfUnknownCiphers(in: settings)
            return context
        } catch {
            let blamed = settings.tls.blame(error.code)
            let place = blamed?.location ?? settings.location
            // Words for OpenSSL are a mistake of the file; files may be there next time.
            guard let blamed, blamed.isMistake else {
                throw HostTrouble(.certificate, error.message, at: place)
            }
            throw HostTrouble(.mistake, "\(blamed.key): \(error.message)", at: place)
        }
    }

    /// OpenSSL passes over words that it does not know as long as there is one that it does.
    private mutating func warnOfUnknownCiphers(in settings: HostSettings) {
        guard let ciphers = settings.tls.ciphers else { return }
        for word in TLSContext.unknownCiphers(in: ciphers.value) {
            result.diagnostics.warn(
                at: ciphers.location, "SslCipherList12: OpenSSL has no cipher \(word.quoted)")
        }
    }
}

extension Host.Upgrade {
    /// What a host says about plain clients that want TLS.
    init(_ settings: HostSettings) {
        self.init(
            isOffered: settings.tls.offersUpgrade, isRequired: settings.tls.requiresUpgrade,
            names: settings.tls.offersUpgrade && settings.tls.rejectsUnknownNames
                ? ServerNameTable(host: settings) : nil)
    }
}

extension TLSPolicy {
    /// The level of a host, and what it says otherwise.
    init(_ settings: HostSettings, _ protocols: [String]) {
        self = .level(settings.securityLevel.rawValue)
        if let ciphers = settings.tls.ciphers { cipherList = ciphers.value }
        if let suites = settings.tls.suites { cipherSuites = suites.value }
        if let groups = settings.tls.groups { self.groups = groups.value }
        applicationProtocols = protocols
        let clients = settings.tls.clients
        guard clients.asks else { return }
        clientCertificates = ClientCertificatePolicy(
            demand: clients.method?.value == .require ? .required : .optional,
            authorities: clients.authorities?.value, revocations: clients.revocations?.value)
    }
}

extension TLSSettings {
    /// The key that an error of a context is about.
    fileprivate func blame(
        _ code: String
    ) -> (key: String, location: SourceLocation, isMistake: Bool)? {
        switch code {
        case "cipher-list": ciphers.map { ("SslCipherList12", $0.location, true) }
        case "cipher-suites": suites.map { ("SslCipherList13", $0.location, true) }
        case "groups": groups.map { ("SslCryptoGroups", $0.location, true) }
        case "authorities": clients.authorities.map { ("CliCertCA", $0.location, false) }
        case "revocations": clients.revocations.map { ("CliCertCRL", $0.location, false) }
        default: nil
        }
    }
}
