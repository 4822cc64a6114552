internal import Configuration
internal import HandlerAPI
internal import Planning
internal import TLS

extension HostPreparation {
    /// The context for what a host demands; hosts that demand the same share it.
    mutating func context(
        for settings: HostSettings, _ protocols: [String]
    ) throws(HostTrouble) -> TLSContext {
        let policy = TLSPolicy(
            settings, try self.protocols(of: settings, protocols), groups: groups(of: settings))
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
                throw HostTrouble(.trust, error.message, at: place)
            }
            throw HostTrouble(.mistake, "\(blamed.key): \(error.message)", at: place)
        }
    }

    /// The protocols that clients may offer, nil for any: what the host says instead of its handler.
    ///
    /// - Throws: that the handler speaks others.
    private func protocols(
        of settings: HostSettings, _ handlers: [String]
    ) throws(HostTrouble) -> [String]? {
        guard let own = settings.tls.protocols else { return handlers }
        guard own.value != ["*"] else { return nil }
        if let foreign = own.value.first(where: { !handlers.contains($0) }), !handlers.isEmpty {
            throw HostTrouble(
                .mistake,
                "SslAlpnProtocols: the handler \(settings.handler?.value ?? "") speaks"
                    + " \(handlers.joined(separator: ", ")), not \(foreign.quoted)",
                at: own.location)
        }
        return own.value
    }

    /// The groups of a host as far as this OpenSSL knows them; nil for the usual ones.
    ///
    /// One that it does not know is a warning: the file may be for machines of more than one version.
    private mutating func groups(of settings: HostSettings) -> String? {
        guard let wanted = settings.tls.groups else { return nil }
        let groups = KeyExchangeGroups(wanted.value)
        let version = KeyExchangeGroups.libraryVersion
        for word in groups.unknown {
            result.diagnostics.warn(
                at: wanted.location,
                "SslCryptoGroups: OpenSSL \(version) does not know \(word.quoted), which is ignored"
            )
        }
        for word in groups.repeated {
            result.diagnostics.warn(
                at: wanted.location,
                "SslCryptoGroups: \(word.quoted) is given twice, and is ignored")
        }
        guard groups.known.isEmpty else { return groups.known }
        result.diagnostics.warn(
            at: wanted.location,
            "SslCryptoGroups: no group is left: \(TLSPolicy.defaultGroups) are used")
        return nil
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
    fileprivate init(_ settings: HostSettings, _ protocols: [String]?, groups: String?) {
        self = .level(settings.securityLevel.rawValue)
        if let ciphers = settings.tls.ciphers { cipherList = ciphers.value }
        if let suites = settings.tls.suites { cipherSuites = suites.value }
        if let groups { self.groups = groups }
        applicationProtocols = protocols ?? []
        acceptsAnyProtocol = protocols == nil
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
        case "authorities": clients.authorities.map { ("CliCertCA", $0.location, false) }
        case "revocations": clients.revocations.map { ("CliCertCRL", $0.location, false) }
        default: nil
        }
    }
}
