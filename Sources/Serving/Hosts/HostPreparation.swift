package import Configuration
internal import HandlerAPI
internal import NetworkTypes
package import Planning
internal import Platform
internal import TLS

/// Gets the hosts of a plan ready to serve: certificates loaded or made, handlers started.
package struct HostPreparation {
    /// The findings about certificates that can be used.
    package typealias Reports = [(host: Host, report: HostCertificates.Report)]

    /// The result.
    package struct Result: Sendable {
        /// What became of each host, by its index in the plan.
        package var states: [HostState] = []
        /// Mistakes of the file that only a handler could find, and its warnings.
        package var diagnostics = Diagnostics()
        /// The hosts whose certificates were examined and can be used, with the findings.
        package var reports: Reports = []
        /// All hosts with certificates, including those that are down because of theirs.
        package var holders: [Host] = []
        /// Hosts that serve their plain clients only, by their index in the plan, because of their
        /// certificates.
        package var degraded: [(host: Int, trouble: HostTrouble)] = []
        /// The rest was not prepared, because the program shuts down.
        package var isInterrupted = false
    }

    /// Whether the hosts will serve, or are only checked.
    package enum Purpose: Sendable {
        case serve
        /// Nothing is made or changed.
        case check
    }

    let registry: HandlerRegistry
    private let stateDirectory: String?
    let purpose: Purpose
    let limit: Limit
    /// The limits of the service, beside those of this process.
    var limits = ServiceLimits()
    var contexts: [TLSPolicy: TLSContext] = [:]
    /// The files of networks that were read, which hosts share.
    var addressFiles = AccessRules.Files()
    var result = Result()
    /// The hosts whose state was not known.
    private(set) var prepared: [Int] = []

    /// How many certificates are examined before the hosts serve.
    package struct Limit: Sendable {
        /// For so long, in the order of the file.
        package var time: Duration
        /// But at least so many.
        package var least: Int

        /// Long enough for a few hundred, short enough for a start.
        package static let start = Limit(time: .milliseconds(300), least: 16)
        /// All of them.
        package static let none = Limit(time: .zero, least: .max)
    }

    /// Prepares all hosts of a plan.
    ///
    /// - Parameters:
    ///   - plan: the plan of the file.
    ///   - registry: the handlers there are.
    ///   - stateDirectory: where certificates that are made here are kept; nil for in memory.
    ///   - purpose: whether missing certificates are made.
    ///   - limit: how many certificates are examined; the others are read when they are needed.
    ///   - isInterrupted: whether to give up; called before each host, which may take a while.
    ///   - known: the state of a host that need not be prepared, nil for others.
    ///   - readmitting: the running version of a host that only differs in who may connect, nil for others.
    /// - Returns: the state of each host, and the diagnostics.
    package static func prepare(
        _ plan: ListenPlan, registry: HandlerRegistry, stateDirectory: String?, purpose: Purpose,
        limit: Limit = .none, unless isInterrupted: () -> Bool = { false },
        known: (Int, HostSettings) -> HostState? = { _, _ in nil },
        readmitting: (Int, HostSettings) -> Host? = { _, _ in nil }
    ) -> Result {
        var preparation = HostPreparation(
            registry: registry, stateDirectory: stateDirectory, purpose: purpose, limit: limit)
        for (index, settings) in plan.hosts.enumerated() {
            guard !isInterrupted() else {
                preparation.result.isInterrupted = true
                break
            }
            let state =
                known(index, settings)
                ?? readmitting(index, settings).map { preparation.readmit($0, settings) }
            if state == nil { preparation.prepared.append(index) }
            preparation.result.states.append(
                state ?? preparation.state(of: settings, index: index))
        }
        if !preparation.result.isInterrupted {
            preparation.examineCertificates(unless: isInterrupted)
        }
        return preparation.result
    }

    init(
        registry: HandlerRegistry, stateDirectory: String?, purpose: Purpose, limit: Limit
    ) {
        self.registry = registry
        self.stateDirectory = stateDirectory
        self.purpose = purpose
        self.limit = limit
    }

    private mutating func state(of settings: HostSettings, index: Int) -> HostState {
        guard settings.isEnabled else { return .disabled }
        do throws(HostTrouble) {
            if let trouble = settings.troubles.first {
                throw HostTrouble(trouble)
            }
            warnOfForeignWriters(of: settings)
            let access = try access(of: settings)
            let made = try handler(for: settings)
            let identity =
                !settings.needsCertificate
                ? nil
                : try identity(for: settings, type(of: made.handler))
            return .up(
                Host(
                    tag: settings.tag, id: settings.id, handlerName: made.name,
                    handler: made.handler, delegates: made.delegates, identity: identity,
                    upgrade: Host.Upgrade(settings), plainService: settings.serviceWithoutTLS,
                    limits: settings.limits, access: access))
        } catch {
            if error.kind == .mistake {
                result.diagnostics.error(at: error.location, error.message)
            }
            return .down(error)
        }
    }

    /// Warns of other users who could replace the socket of a host.
    mutating func warnOfForeignWriters(of settings: HostSettings) {
        for address in settings.addresses {
            guard case .unix(let socket, isTLS: _) = address.value, !socket.isAbstract,
                let writer = ForeignWriter.find(onWayTo: socket.name)
            else { continue }
            result.diagnostics.warn(
                at: address.location,
                "\(settings.section): other users could replace \(socket): \(writer)")
        }
    }

    /// Certificates and policy of a host.
    private mutating func identity(
        for settings: HostSettings, _ handler: any Handler.Type
    ) throws(HostTrouble) -> TLSIdentity {
        let source = try certificates(of: settings, handler.applicationProtocols)
        return TLSIdentity(of: settings.id, source, context: source.request.context)
    }

    /// The certificates of a host, of which nothing is read yet.
    mutating func certificates(
        of settings: HostSettings, _ protocols: [String]
    ) throws(HostTrouble) -> HostCertificates {
        HostCertificates(
            CertificateRequest(
                settings, context: try context(for: settings, protocols),
                stateDirectory: stateDirectory, purpose: purpose))
    }
}
