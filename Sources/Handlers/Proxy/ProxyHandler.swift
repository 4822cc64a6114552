internal import HandlerAPI
internal import NetworkTypes

/// Relays each client to one of the targets of its host's tag (`[Target]`).
struct ProxyHandler: LastingHandler {
    static let name = "proxy"
    static let summary = "joins each client with a target: the [Target] sections of its HostTag"
    static let traits = HandlerTraits(
        usesTargets: true, extraDescriptors: 1, impliedBy: [.targets()])

    private let balance: TargetBalance
    private let header: ProxyHeader
    private let retries: Int
    private let checkInterval: Duration

    init(_ options: HandlerOptions) throws {
        guard !options.targets.isEmpty else {
            throw HandlerOptionError(
                "no enabled [Target] section has HostTag=\(options.hostTag)")
        }
        header = options[Self.sendProxy]
        retries = options[Self.tarRetries]
        checkInterval = options[Self.tarCheck]
        let speaksTLS = options.targets.contains { $0.usesTLS || $0.port == 0 }
        ProxyHandler.warnOfUnusedKeys(options, speaksTLS: speaksTLS)
        let tls = try speaksTLS ? ProxyHandler.tls(options) : nil
        let targets = options.targets.map { target in
            ProxyTarget(
                target, dial: DialTarget(target, tls: tls, options),
                rise: options[Self.tarRise], fall: options[Self.tarFall],
                downTime: options[Self.tarDownTime])
        }
        balance = TargetBalance(
            targets,
            by: options[Self.balance])
    }

    var targets: [TargetStatus] { balance.targets.map(\.status) }

    func start(_ host: HostContext) {
        guard checkInterval > .zero else { return }
        for target in balance.targets where !target.dial.needsPort {
            host.inBackground { await check(target, for: host) }
        }
    }

    func serve(_ client: Client) async throws -> Afterwards {
        let preface = header.bytes(for: client)
        var failure: (any Error)?
        for target in balance.order(for: client).prefix(retries + 1) {
            // Counted before it is connected, so that concurrent clients choose other targets.
            target.clientCame()
            do {
                let peer = try await client.connect(
                    to: target.dial(for: client, preface: preface)
                ) { _ in target.clientWent() }
                if target.succeeded() { client.log(.notice, "target \(target.dial) is up again") }
                return .relay(to: peer, idleTimeout: target.options.idleTimeout)
            } catch {
                target.clientWent()
                guard let error = error as? DialError else { throw error }
                failure = error
                let isDownNow = target.failed()
                client.log(.warning, about: "cannot connect to target \(target.dial)", "\(error)")
                if isDownNow { client.log(.warning, "target \(target.dial) is down") }
            }
        }
        throw failure ?? ClientError.cancelled
    }

    /// Connects to a target periodically, until the host ends, with a TLS handshake where the target
    /// speaks TLS: one whose certificate has expired serves nobody.
    private func check(_ target: ProxyTarget, for host: HostContext) async {
        while !Task.isCancelled {
            do {
                var dial = target.dial
                dial.preface = header.bytesOfCheck
                let peer = try await host.connect(to: dial)
                peer.close()
                if target.succeeded() { host.log(.notice, "target \(target.dial) is up again") }
            } catch {
                if target.failed() {
                    host.log(.warning, "target \(target.dial) is down: \(error)")
                }
            }
            try? await host.pause(for: checkInterval)
        }
    }

    private static func tls(_ options: HandlerOptions) throws -> any ClientTLS {
        var settings = ClientTLSSettings()
        settings.verifies = options[tarVerify]
        settings.authorities = options[tarCA]
        settings.certificate = options[tarCert]
        settings.key = options[tarKey]
        do {
            return try options.clientTLS(settings)
        } catch let error as ClientTLSError {
            let key =
                switch error.part {
                case .authorities: tarCA
                case .certificate: tarCert
                case .key: tarKey
                }
            throw HandlerOptionError(key, isMistake: false, error.message)
        }
    }

    /// Warns of TLS keys that have no effect.
    private static func warnOfUnusedKeys(_ options: HandlerOptions, speaksTLS: Bool) {
        let files = [tarCA, tarCert, tarKey].filter { options[$0] != nil }
        guard speaksTLS else {
            for key in files { options.warn(key, "has no effect: no target has TarSsl=True") }
            return
        }
        if !options[tarVerify], options[tarCA] != nil {
            options.warn(tarCA, "has no effect: TarVerify is False")
        }
        if options[tarCert] == nil, options[tarKey] != nil {
            options.warn(tarKey, "has no effect: TarCert is not set")
        }
    }
}

extension ProxyTarget {
    /// What to dial for a client: a target without a port has the port of the client, and speaks TLS when the
    /// client does.
    fileprivate func dial(for client: Client, preface: [UInt8]) -> DialTarget {
        var dial = dial
        dial.preface = preface
        guard case .host(let name, port: 0) = dial.place else { return dial }
        dial.place = .host(name, port: client.localAddress.port)
        if !client.isTLS, !options.usesTLS { dial.tls = nil }
        return dial
    }
}

extension DialTarget {
    /// The address, without the port if that depends on the client.
    var address: String {
        if case .host(let name, port: 0) = place { name } else { description }
    }

    /// Whether the port depends on the client.
    fileprivate var needsPort: Bool {
        if case .host(_, port: 0) = place { true } else { false }
    }

    fileprivate init(_ target: TargetOptions, tls: (any ClientTLS)?, _ options: HandlerOptions) {
        if target.host.hasPrefix("unix:") {
            self.init(.unix(String(target.host.dropFirst(5))))
            self.tls = target.usesTLS ? tls : nil
        } else {
            self.init(.host(target.host, port: target.port))
            // With port 0 it depends on the client.
            self.tls = target.usesTLS || target.port == 0 ? tls : nil
        }
        family = target.family
        avoidsOwnHost = true
        serverName = options[ProxyHandler.tarName]
        timeout = options[ProxyHandler.tarTimeout]
    }
}
