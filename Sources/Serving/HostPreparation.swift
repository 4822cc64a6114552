package import Configuration
internal import HandlerAPI
package import Planning
internal import TLS

/// Gets the hosts of a plan ready to serve: certificates loaded or made, handlers started.
package struct HostPreparation {
    /// What came of it.
    package struct Result: Sendable {
        /// What became of each host, by its index in the plan.
        package var states: [HostState] = []
        /// Mistakes of the file that only a handler could find.
        package var diagnostics = Diagnostics()
        /// What the journal should know.
        package var events: [ServerEvent] = []
        /// The rest was not prepared, because the program is to end.
        package var isInterrupted = false
    }

    /// Whether the hosts will serve, or are only looked at.
    package enum Purpose: Sendable {
        case serve
        /// Nothing is made or changed.
        case check
    }

    private let registry: HandlerRegistry
    private let store: CertificateStore
    private let purpose: Purpose
    var contexts: [TLSPolicy: TLSContext] = [:]
    var result = Result()

    /// Prepares all hosts of a plan.
    ///
    /// - Parameters:
    ///   - plan: what the file asks for.
    ///   - registry: the handlers there are.
    ///   - stateDirectory: where certificates that are made here are kept.
    ///   - purpose: whether missing certificates are made.
    ///   - isInterrupted: whether to give up; asked before each host, each of which may take a while.
    /// - Returns: the state of each host, and what there is to tell.
    package static func prepare(
        _ plan: ListenPlan, registry: HandlerRegistry, stateDirectory: String, purpose: Purpose,
        unless isInterrupted: () -> Bool = { false }
    ) -> Result {
        var preparation = HostPreparation(
            registry: registry, store: CertificateStore(directory: stateDirectory),
            purpose: purpose)
        for (index, settings) in plan.hosts.enumerated() {
            guard !isInterrupted() else {
                preparation.result.isInterrupted = true
                break
            }
            preparation.result.states.append(preparation.state(of: settings, index: index))
        }
        return preparation.result
    }

    private init(registry: HandlerRegistry, store: CertificateStore, purpose: Purpose) {
        self.registry = registry
        self.store = store
        self.purpose = purpose
    }

    private mutating func state(of settings: HostSettings, index: Int) -> HostState {
        guard settings.isEnabled else { return .disabled }
        do throws(HostTrouble) {
            if let trouble = settings.troubles.first {
                throw HostTrouble(.path, trouble.value, at: trouble.location)
            }
            let (handler, name) = try handler(for: settings)
            let identity =
                !settings.needsCertificate
                ? nil
                : try identity(for: settings, index: index, type(of: handler))
            return .up(
                Host(
                    tag: settings.tag, section: settings.section, handlerName: name,
                    handler: handler, identity: identity,
                    upgrade: Host.Upgrade(settings)))
        } catch {
            return .down(error)
        }
    }

    private mutating func handler(
        for settings: HostSettings
    ) throws(HostTrouble) -> (any Handler, String) {
        let name = settings.handler?.value ?? ""
        let location = settings.handler?.location ?? settings.location
        guard let type = registry[name] else {
            let known = registry.all.map { $0.name }
            let meant = Suggestion.nearest(to: name, among: known)
            let remedy =
                meant.map { "did you mean \"\($0)\"?" }
                ?? "there are \(known.joined(separator: ", "))"
            throw HostTrouble(.handler, "no handler named \"\(name)\": \(remedy)", at: location)
        }
        do {
            return (try type.init(HandlerOptions(settings)), type.name)
        } catch let error as HandlerOptionError {
            let place = settings.handlerOptions[error.key]?.place(ofItem: error.item)
            result.diagnostics.error(at: place ?? location, "\(error.key): \(error.message)")
            throw HostTrouble(.handler, "\(error.key): \(error.message)", at: place ?? location)
        } catch {
            throw HostTrouble(.handler, "handler \(name) did not start: \(error)", at: location)
        }
    }

    /// Certificate and policy of a host; nil when they are only looked at and there is none yet.
    private mutating func identity(
        for settings: HostSettings, index: Int, _ handler: any Handler.Type
    ) throws(HostTrouble) -> TLSIdentity? {
        let context = try context(for: settings, handler)
        do throws(TLSError) {
            guard let certificate = try certificate(for: settings, context: context) else {
                return nil
            }
            return TLSIdentity(
                certificate: certificate, context: context,
                sessionScope: Array(settings.section.lowercased().utf8), index: index)
        } catch {
            throw HostTrouble(.certificate, error.message, at: settings.certificateLocation)
        }
    }

    /// The host's own certificate, or one that is made for it when it has none.
    private mutating func certificate(
        for settings: HostSettings, context: TLSContext
    ) throws(TLSError) -> TLSCertificate? {
        if let certificate = settings.certificate?.value,
            InlinePEM.begins(certificate) || store.exists(certificate)
        {
            return try TLSCertificate.load(
                certificate: PEMSource(certificate, key: "SslCert"),
                key: settings.key.map { PEMSource($0.value, key: "SslKey") },
                intermediates: settings.intermediates.map { PEMSource($0.value, key: "SslInter") },
                password: settings.password?.value, context: context)
        }
        let absence =
            settings.certificate.map { "there is no \($0.value)" } ?? "SslCert is not set"
        // The P-256 keys that are made here have 128 bits of security: level 3.
        guard context.policy.securityLevel <= 3 else {
            throw TLSError(
                "\(absence), and one made here would be too weak for SslSecLevel: name one")
        }
        guard purpose == .serve else {
            result.diagnostics.warn(
                at: settings.certificateLocation,
                "\(absence): run makes a self-signed certificate in \(store.directory)")
            return nil
        }
        if let kept = store.kept(for: settings, context: context) { return kept }
        let made = try store.make(for: settings, context: context)
        result.events.append(
            ServerEvent(
                .certificateMade, .warning, hostTag: settings.tag,
                detail: "\(absence): made a self-signed certificate, \(store.path(for: settings))"))
        return made
    }
}

extension HostSettings {
    /// Where to look for what is wrong with the certificate.
    fileprivate var certificateLocation: SourceLocation {
        certificate?.location ?? tlsPort?.location ?? location
    }
}

extension PEMSource {
    /// The value of a key: a path or PEM text.
    fileprivate init(_ value: String, key: String) {
        self = InlinePEM.begins(value) ? .text(value, key: key) : .file(value)
    }
}

extension HandlerOptions {
    /// What the file says to the handler of one host.
    init(_ settings: HostSettings) {
        let values = settings.handlerOptions.map { ($0.key, Value($0.value)) }
        var tlsPort: Int?
        if case .number(let port) = settings.tlsPort?.value { tlsPort = Int(port) }
        self.init(
            hostTag: settings.tag, values: Dictionary(values) { _, last in last },
            tlsPort: tlsPort, requiresTLS: settings.tls.requiresUpgrade)
    }
}

extension HandlerOptions.Value {
    init(_ value: HandlerOptionValue) {
        switch value {
        case .text(let text): self = .text(text)
        case .integer(let number): self = .integer(number)
        case .boolean(let flag): self = .boolean(flag)
        case .duration(let duration): self = .duration(duration)
        case .mode(let mode): self = .integer(mode)
        case .list(let items): self = .list(items)
        case .hostPort(let value): self = .hostPort(value)
        }
    }
}
