import Configuration
import HandlerAPI
import NetworkTypes
import Planning
import Platform
import TLS
import TestSupport

@testable import Serving

/// A server in this process whose hosts come, change and go.
final class ChangingServer {
    /// One host on one port of 127.0.0.1.
    struct TestHost {
        let settings: HostSettings
        let host: Host
        let port: UInt16

        init(
            _ section: String, _ handler: some Handler, port: ReservedPort,
            drainTimeout: Duration? = nil, identity: TLSIdentity? = nil, offersTLS: Bool = false
        ) {
            let place = SourceLocation(file: "test", line: 1, column: 1)
            settings = HostSettings(section: section, location: place)
            self.port = port.number
            var limits = HostLimits()
            if let drainTimeout { limits.set("DrainTimeout", \.drainTimeout, to: drainTimeout) }
            host = Host(
                tag: section, id: settings.id, handlerName: ScriptedHandler.name,
                handler: handler, identity: identity, upgrade: .init(isOffered: offersTLS),
                limits: limits)
        }

        private init(_ other: TestHost, host: Host) {
            (settings, port) = (other.settings, other.port)
            self.host = host
        }

        func with(identity: TLSIdentity) -> TestHost {
            TestHost(self, host: host.with(identity: identity))
        }
    }

    let server: Server
    private let hasEnded = Lock(false)

    /// Serves hosts, plain ones and those with an identity.
    init(_ hosts: [TestHost], workers: Int = 2, drainTimeout: Duration = .seconds(60)) throws {
        server = try Server(
            options: ChangingServer.options(workers: workers, drainTimeout: drainTimeout),
            level: .debug, bell: EventBell())
        try server.start()
        server.serve(server.startHandlers(of: ChangingServer.open(hosts, after: server.opened)))
    }

    deinit {
        server.drain { [hasEnded] in hasEnded.withLock { $0 = true } }
        server.cut()
        try? waitUntil("the end of all clients") { hasEnded.withLock { $0 } }
        server.stop()
    }

    /// Goes over to other hosts, and waits until all loops have.
    func serve(_ hosts: [TestHost]) throws {
        let isRouted = Lock(false)
        let next = ChangingServer.open(hosts, after: server.opened)
        server.serve(server.startHandlers(of: next)) { isRouted.withLock { $0 = true } }
        try waitUntil("all loops are in the new state") { isRouted.withLock { $0 } }
    }

    static func options(
        workers: Int = 2, maxClients: Int = 0, banner: String = "",
        drainTimeout: Duration = .seconds(60)
    ) -> ServerOptions {
        var settings = ServerSettings()
        (settings.workers, settings.listenBacklog) = (workers, 128)
        settings.maxClients = maxClients
        settings.bannerTooBusy = "busy"
        settings.limits.drainTimeout = drainTimeout
        var options = ServerOptions(settings)
        options.banner = Array(banner.utf8)
        return options
    }

    static func open(_ hosts: [TestHost], after current: OpenedPlan) -> OpenedPlan {
        let endpoints = hosts.enumerated().map { index, host in
            PlannedEndpoint(
                address: Endpoint(
                    SocketAddress(IPAddress(v4: 0x7f00_0001), port: host.port)),
                isTLS: host.host.identity != nil && !host.host.upgrade.isOffered, hosts: [index],
                disabledHosts: [],
                location: host.settings.location)
        }
        return OpenedPlan(
            ListenPlan(hosts: hosts.map(\.settings), endpoints: endpoints),
            states: hosts.map { .up($0.host) }, after: [current], backlog: 128)
    }

    /// The identity of a certificate for a name.
    static func identity(
        _ name: String, in directory: TemporaryDirectory
    ) throws -> TLSIdentity {
        let pair = try Certificates(in: directory).pair(name)
        let context = try TLSContext(policy: TLSPolicy())
        let certificate = try TLSCertificate.load(
            certificate: pair.certificate, key: pair.key,
            context: context)
        return TLSIdentity(
            certificate: certificate, context: context, sessionScope: [1])
    }
}
