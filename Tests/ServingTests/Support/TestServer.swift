import Configuration
import EventLoops
import HandlerAPI
import NetworkTypes
import Planning
import Platform
import TLS
import TestSupport

@testable import Serving

/// The two kinds of connection that a handler cannot tell apart.
enum Transport: CaseIterable {
    case plain, tls
}

/// A server of one host in this process, on a free port of 127.0.0.1.
final class TestServer {
    let server: Server
    let port: UInt16
    /// The PEM file of the authority of its certificate, nil when it speaks no TLS.
    let authority: String?
    private let directory: TemporaryDirectory
    private let transport: Transport
    private let hasEnded = Lock(false)
    private var events: [ServerEvent] = []
    private var isDraining = false
    private var isStopped = false

    /// Serves at once.
    init(
        _ handler: some Handler, over transport: Transport = .plain, workers: Int = 1,
        maxClients: Int = 0, banner: String = "", drainTimeout: Duration = .seconds(5),
        upgrade: Host.Upgrade = .init(), handshakeTimeout: Duration = .seconds(10),
        policy: TLSPolicy = TLSPolicy(), resolver: Resolver? = nil, lingerBytes: Int? = nil,
        shared: [any AnyObject & Sendable] = [], on loops: EventLoopGroup? = nil
    ) throws {
        let directory = try TemporaryDirectory()
        let certificates =
            transport == .tls || upgrade.isOffered ? try Certificates(in: directory) : nil
        let place = SourceLocation(file: "test", line: 1, column: 1)
        let endpoint = PlannedEndpoint(
            address: Endpoint(SocketAddress(IPAddress(v4: 0x7f00_0001), port: 0)),
            isTLS: transport == .tls,
            hosts: [0], disabledHosts: [], location: place)
        let plan = ListenPlan(
            hosts: [HostSettings(section: "Host1", location: place)], endpoints: [endpoint])
        let host = Host(
            tag: "Host1", id: SectionID("Host1"), handlerName: ScriptedHandler.name,
            handler: handler,
            identity: try certificates.map {
                try TestServer.identity(of: $0.pair("a.test"), policy)
            },
            upgrade: upgrade)
        self.directory = directory
        authority = transport == .tls ? certificates?.authority : nil
        let opened = OpenedPlan(plan, states: [.up(host)], backlog: 4_096)
        var settings = ServerSettings()
        (settings.workers, settings.maxClients) = (workers, maxClients)
        settings.bannerTooBusy = "busy"
        settings.handshakeTimeout = handshakeTimeout
        settings.limits.drainTimeout = drainTimeout
        var options = ServerOptions(settings)
        options.banner = Array(banner.utf8)
        if let lingerBytes { options.lingerBytes = lingerBytes }
        guard let address = opened.endpoints.first?.address else {
            throw TestFailure("no listener: \(opened.states)")
        }
        port = address.port ?? 0
        self.transport = transport
        server = try Server(
            on: loops, options: options, level: .debug, bell: EventBell(), resolver: resolver,
            shared: shared)
        try server.start()
        server.serve(server.startHandlers(of: opened))
    }

    deinit {
        guard !isStopped else { return }
        drain()
        server.cut()
        try? waitUntil("the end of all clients") { hasEnded.withLock { $0 } }
        server.stop()
    }

    /// Stops with the clients that are connected.
    func stop() {
        isStopped = true
        server.stop()
    }

    /// Stops accepting and lets clients finish.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        server.drain { [hasEnded] in hasEnded.withLock { $0 = true } }
    }

    /// Waits until the last client of a draining server has gone.
    func waitForEnd() throws {
        try waitUntil("the end of all clients: \(server.status)") { hasEnded.withLock { $0 } }
    }

    /// A new client.
    func connect(receiveBuffer: CInt? = nil) throws -> any TestClient {
        let socket = try PlainClient(to: "127.0.0.1", port: port, receiveBuffer: receiveBuffer)
        return transport == .plain ? socket : try TLSClient(over: socket, name: nil)
    }

    /// A new client that sends nothing by itself.
    func connectSocket() throws -> PlainClient {
        try PlainClient(to: "127.0.0.1", port: port)
    }

    /// Waits for an event of this kind.
    func event(_ kind: EventKind) throws -> ServerEvent {
        var found: ServerEvent?
        try waitUntil("\(kind) among \(events.map(\.kind))") {
            for queue in server.eventQueues { events += queue.takeAll().events }
            found = events.first { $0.kind == kind }
            return found != nil
        }
        guard let found else { throw TestFailure("no \(kind)") }
        events.removeAll { $0.kind == kind }
        return found
    }

    private static func identity(
        of pair: Certificates.Pair, _ policy: TLSPolicy
    ) throws -> TLSIdentity {
        let context = try TLSContext(policy: policy)
        let certificate = try TLSCertificate.load(
            certificate: pair.certificate, key: pair.key, context: context)
        return TLSIdentity(
            certificate: certificate, context: context, sessionScope: [1])
    }
}
