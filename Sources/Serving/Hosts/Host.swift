package import Configuration
package import HandlerAPI
package import Planning
package import TLS

/// A host as its clients see it; immutable.
package final class Host: Sendable {
    /// `HostTag`, which names the host in journal records.
    package let tag: String
    /// The section of the configuration.
    package let id: SectionID
    /// The name of its handler.
    package let handlerName: String
    /// Serves the host's clients.
    package let handler: any Handler
    /// The handlers that it may hand clients to (``HandlerOptions/handler(named:_:)``), in the order of their start.
    let delegates: [any Handler]
    /// Whether a client begins at rest (``Handler/startsAtRest``).
    let startsAtRest: Bool
    /// How long such a client may take to its first byte.
    let firstByteTimeout: Duration?
    /// Whether its clients get `Banner`.
    let sendsBanner: Bool
    /// What a plain client gets for whom there is no room, nil for `BannerTooBusy`.
    let busyAnswer: [UInt8]?
    /// Certificate and policy, nil for a host that never speaks TLS.
    package let identity: TLSIdentity?
    /// Whether its plain clients may or must upgrade to TLS.
    package let upgrade: Upgrade
    /// What its plain clients get while its certificate is bad.
    package let plainService: PlainService

    /// Whether clients of a plain listener may, or must, ask for TLS (`AuthSslCmd`, `AuthForceSsl`).
    package struct Upgrade: Sendable {
        /// They may.
        package var isOffered = false
        /// They must, before anything else that matters.
        package var isRequired = false
        /// The names of the host, where it refuses clients that ask for another (`SslUnknownName`).
        package var names: ServerNameTable?

        /// Decides all.
        package init(
            isOffered: Bool = false, isRequired: Bool = false, names: ServerNameTable? = nil
        ) {
            self.isOffered = isOffered
            self.isRequired = isRequired
            self.names = names
        }
    }
    /// The limits that it sets itself.
    package let limits: HostLimits
    /// Who may connect; nil for everybody.
    package let access: AccessRules?
    /// Its clients.
    package let account: HostAccount
    /// What stands for it where only a number can be kept.
    let number: UInt32

    /// When its certificate expires, in seconds since 1970; nil for a host without one, and until it has
    /// been read.
    package var certificateEnd: Int? { certificates?.report?.end }

    /// Sets each.
    package init(
        tag: String, id: SectionID, handlerName: String, handler: any Handler,
        delegates: [any Handler] = [], identity: TLSIdentity?, upgrade: Upgrade = Upgrade(),
        plainService: PlainService = .none,
        limits: HostLimits = HostLimits(), access: AccessRules? = nil,
        account: HostAccount = HostAccount()
    ) {
        self.tag = tag
        self.id = id
        self.handlerName = handlerName
        self.handler = handler
        self.delegates = delegates
        startsAtRest = type(of: handler).startsAtRest
        firstByteTimeout = handler.firstByteTimeout
        busyAnswer = type(of: handler).busyAnswer.map { Array($0.utf8) }
        sendsBanner = busyAnswer == nil
        self.identity = identity
        self.upgrade = upgrade
        self.plainService = plainService
        self.limits = limits
        self.access = access
        self.account = account
        number = HostNumbers.number(hostTag: tag, handler: handlerName)
    }

    /// The certificates of the identity, unless they are fixed.
    package var certificates: HostCertificates? { identity?.source as? HostCertificates }

    /// Whether it cannot serve TLS clients, because its certificates are bad.
    package var isTakenDown: Bool { identity.map { !$0.source.isUsable } ?? false }

    /// Whether it serves clients of its plain port, those without TLS at least.
    package var servesPlain: Bool { plainService != .none || !isTakenDown }

    /// Whether its plain clients get the challenge of an authority only.
    var servesOnlyChallenge: Bool { plainService == .challenge && isTakenDown }

    /// Notes that the certificates are bad, or, with nil, good again.
    package func noteCertificates(_ trouble: HostTrouble?) {
        guard let trouble else { return account.conditions.clear(Host.certificateSubject) }
        let rest =
            plainService == .challenge
            ? ", and plain clients get the challenge of an authority only" : ""
        account.conditions.raise(
            Host.certificateSubject, "its SSL clients are refused\(rest): \(trouble.message)")
    }

    private static let certificateSubject = "SSL clients"

    /// The same host with another certificate or policy, for new handshakes: it keeps its handler, its
    /// counters and its clients.
    package func with(identity: TLSIdentity) -> Host {
        Host(
            tag: tag, id: id, handlerName: handlerName, handler: handler, delegates: delegates,
            identity: identity, upgrade: upgrade, plainService: plainService,
            limits: limits, access: access, account: account)
    }

    /// The same host for other clients: it keeps its handler, its counters and its clients.
    func with(access: AccessRules?) -> Host {
        Host(
            tag: tag, id: id, handlerName: handlerName, handler: handler, delegates: delegates,
            identity: identity, upgrade: upgrade, plainService: plainService,
            limits: limits, access: access, account: account)
    }

    /// The same host with its policy loaded again; nil where it has none.
    func with(context: TLSContext) -> Host? {
        identity.map {
            with(identity: TLSIdentity(of: id, $0.source, context: context))
        }
    }
}

extension Host {
    /// Its handler and those that it may hand clients to, in the order of their start.
    var handlers: [any Handler] { delegates + [handler] }

    /// The targets of all its handlers.
    package var targets: [TargetStatus] {
        delegates.isEmpty ? handler.targets : handlers.flatMap(\.targets)
    }

    /// Why the host is degraded: its conditions, and the targets that are down.
    package var degradation: [String] {
        let targets = targets
        let down = targets.filter { $0.state == .down }
        guard !down.isEmpty else { return account.conditions.reasons }
        let which = down.prefix(3).map { "\($0.address) [\($0.section)]" }.joined(separator: ", ")
        let reason =
            switch (down.count, targets.count) {
            case (1, 1): "its only target is down: \(which)"
            case (targets.count, _): "all \(targets.count) targets are down: \(which)"
            case (1, _): "1 of \(targets.count) targets is down: \(which)"
            default: "\(down.count) of \(targets.count) targets are down: \(which)"
            }
        return account.conditions.reasons + [down.count > 3 ? "\(reason), …" : reason]
    }

    /// Whether ``degradation`` has a reason.
    var isDegraded: Bool {
        account.conditions.isAnyRaised || targets.contains { $0.state == .down }
    }

    /// Degrades the host for a while.
    ///
    /// - Returns: the record about it, folded with others of its subject.
    func trouble(_ subject: String, _ message: String, errno errorNumber: Int32?) -> ServerEvent {
        account.conditions.raise(subject, message, for: HostConditions.lastingTime)
        var event = ServerEvent(
            .hostDegraded, .warning, hostTag: tag, detail: message, errorNumber: errorNumber)
        event.handler = handlerName
        event.topic = subject
        return event
    }
}

extension TLSIdentity {
    /// The identity of a host.
    convenience init(
        of host: SectionID, _ source: any TLSCertificateSource, context: TLSContext
    ) {
        self.init(
            certificate: source, context: context,
            sessionScope: Array(host.folded.utf8))
    }
}

/// Answers the handshake of a plain client that upgrades: the host serves it already, so whatever
/// name it asks for, the host's own certificate is shown, or none.
extension Host: TLSIdentityChooser {
    package func identity(serverName: String?) -> TLSIdentity? {
        guard let names = upgrade.names else { return identity }
        guard case .host = names.choose(serverName, isUp: { _ in true }) else { return nil }
        return identity
    }
}

/// The state of one host of the plan.
package enum HostState: Sendable {
    case up(Host)
    case down(HostTrouble)
    case disabled

    /// The host, when it serves.
    package var host: Host? {
        guard case .up(let host) = self else { return nil }
        return host
    }
}

extension HostState {
    /// Why the host is down, when it is.
    package var trouble: HostTrouble? {
        guard case .down(let trouble) = self else { return nil }
        return trouble
    }
}
