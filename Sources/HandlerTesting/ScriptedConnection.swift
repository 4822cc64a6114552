internal import HandlerAPI
internal import NetworkTypes

/// The connection of a ``ScriptedClient``.
final class ScriptedConnection: ClientCore, @unchecked Sendable {
    // Sendable because ClientCore is: one thread uses it.
    private let peer: ScriptedPeer
    private let loop: VirtualLoop?
    private let facts: ClientFacts
    private var targets: [String: [ScriptStep]] = [:]
    private var whenClosed: (@Sendable (Traffic) -> Void)?
    private var corked: [UInt8]?
    private var dialed: [ScriptedConnection] = []
    private var speaksTLS: Bool
    /// The hosts of other names, by their names in lower case; all other names are the client's own host.
    var hosts: [String: NamedHost] = [:]
    /// How each program ends that the handler runs for the client.
    var programEnd: Result<ProgramEnd, ProgramError> = .success(.exited(status: 0))
    /// The programs that the handler has run, in order.
    private(set) var programs: [Program] = []
    /// What the handler has logged, in order.
    private(set) var records: [(level: LogLevel, message: String)] = []
    private let locals = LoopLocals()
    private var kept: UInt64 = 0
    private lazy var mailbox = ScriptedMailbox(of: self, peer)
    /// How the service of a live client has ended.
    private(set) var outcome: ScriptedClient.Outcome?
    private var task: Task<Void, Never>?

    /// Begins a connection.
    ///
    /// - Parameters:
    ///   - script: what the peer does; at its end the peer ends its side.
    ///   - facts: what the handler meets about its client.
    ///   - loop: the loop of its server, if any.
    ///   - isLive: whether the test performs further steps.
    init(
        _ script: [ScriptStep] = [], facts: ClientFacts = ClientFacts(),
        on loop: VirtualLoop? = nil,
        isLive: Bool = false
    ) {
        peer = ScriptedPeer(script, on: loop, isLive: isLive)
        self.loop = loop
        self.facts = facts
        speaksTLS = facts.tlsVersion != nil
    }

    /// Lets the handler dial a target, by its description such as `www.example:80`; others are
    /// unreachable.
    func answer(_ target: String, with script: [ScriptStep]) { targets[target] = script }

    /// All that the peer was sent.
    var output: [UInt8] { peer.output }
    /// The targets that the handler has tried, in order, reached or not.
    private(set) var tried: [String] = []
    /// The peers that took its connections, in order.
    var peers: [ScriptedConnection] { dialed }
    /// Whether the handler has ended our side before it returned.
    var hasFinishedSending: Bool { peer.hasEndedOutput }

    override var id: UInt64 { facts.id }
    override var remoteAddress: SocketAddress { facts.remoteAddress }
    override var localAddress: SocketAddress { facts.localAddress }
    override var handle: ClientHandle { ClientHandle(mailbox) }
    override var info: ClientInfo {
        ClientInfo(
            id: id, remoteAddress: remoteAddress, localAddress: localAddress,
            listener: ListenerInfo(id: 1, address: localAddress, isTLS: facts.tlsVersion != nil),
            hostTag: hostTag, serverName: serverName, tlsVersion: tlsVersion, tlsCipher: tlsCipher,
            phase: .serving, since: WallClock.secondsSince1970, duration: peer.now,
            bytesIn: UInt64(peer.received), bytesOut: UInt64(output.count))
    }
    override var hostTag: String { facts.hostTag }
    override var serverName: String? { facts.serverName }
    override var applicationProtocol: String? { facts.applicationProtocol }
    override var certificate: ClientCertificate? { facts.certificate }
    override var isTLS: Bool { speaksTLS }
    override var tlsVersion: String? { speaksTLS ? facts.tlsVersion ?? "TLSv1.3" : nil }
    override var tlsCipher: String? { speaksTLS ? facts.tlsCipher : nil }
    override var isDraining: Bool { peer.isDraining }
    override var offersTLS: Bool { !speaksTLS && facts.offersTLS }
    override var requiresTLS: Bool { !speaksTLS && facts.requiresTLS }
    override var isForChallenge: Bool { !speaksTLS && facts.isForChallenge }
    override var descriptor: CInt? { nil }
    override var loopLocals: LoopLocals { locals }
    override var note: UInt64 {
        get { kept }
        set { kept = newValue }
    }

    override func read(_ body: (Span<UInt8>) throws -> Void) async throws -> Bool {
        try await peer.read(body)
    }

    override func readArrived(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival {
        try peer.readArrived(body)
    }

    override func putBack(_ rest: Span<UInt8>) { peer.putBack(rest.count) }

    override func lendAgain() { peer.lendAgain() }

    override var hasInputEnded: Bool { peer.hasInputEnded }

    override func send(_ bytes: Span<UInt8>) {
        let bytes = [UInt8](copying: bytes)
        if corked != nil { corked?.append(contentsOf: bytes) } else { peer.send(bytes) }
    }

    override func send(_ first: Span<UInt8>, _ second: Span<UInt8>) {
        send(first)
        send(second)
    }

    override func cork() { corked = corked ?? [] }

    override func uncork() {
        guard let bytes = corked else { return }
        corked = nil
        peer.send(bytes)
    }

    override var mustFlush: Bool { peer.mustFlush }
    override func waitUntilSent() async throws { try await peer.flush() }
    override func endSending() { peer.endOutput() }
    override func setDeadline(after duration: Duration?) {
        peer.setDeadline(after: duration)
    }

    override func sendFile(
        _ descriptor: CInt, from offset: Int, count: Int, after head: [UInt8]
    ) async throws -> Int {
        send(head.span)
        let bytes = try TestFile.read(descriptor, from: offset, count: count)
        send(bytes.span)
        try await flush()
        return bytes.count
    }

    override func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        records.append((level, message()))
    }

    override func perform(offLoop job: @escaping @Sendable () -> Void) -> Bool {
        job()
        return true
    }

    override func host(for name: Span<UInt8>) -> NamedHost {
        hosts[String(copying: name).lowercased()] ?? .own
    }

    override func run(_ program: Program) async throws -> ProgramEnd {
        programs.append(program)
        return try programEnd.get()
    }

    override func startTLS(unread: Int) async throws {
        guard offersTLS else { throw ClientError.tlsNotOffered }
        guard unread == 0, !peer.hasUnread else { throw ClientError.pipelinedBeforeTLS }
        try peer.shakeHands()
        speaksTLS = true
    }

    override func connect(
        to target: DialTarget, whenClosed: (@Sendable (Traffic) -> Void)?
    ) async throws -> PeerCore {
        tried.append("\(target)")
        guard let script = targets["\(target)"] else {
            throw DialError.unreachable(reason: "Connection refused")
        }
        let other = ScriptedConnection(script, on: loop)
        other.whenClosed = whenClosed
        other.speaksTLS = target.tls != nil
        dialed.append(other)
        other.send(target.preface.span)
        return other
    }

    override func close() {
        whenClosed?(Traffic(sent: UInt64(output.count), received: UInt64(peer.received)))
        whenClosed = nil
    }

    override func relay(to peer: PeerCore, idleTimeout: Duration?) async throws -> Traffic {
        guard let other = peer as? ScriptedConnection else {
            preconditionFailure("a client is relayed to a peer that it has dialed")
        }
        let before = (other.output.count, other.peer.received)
        if loop == nil {
            // First all of one side, then all of the other: a script knows no simultaneous.
            try await pass(to: other)
            try await other.pass(to: self)
        } else {
            async let back: Void = other.pass(to: self)
            try await pass(to: other)
            try await back
        }
        return Traffic(
            sent: UInt64(other.output.count - before.0),
            received: UInt64(other.peer.received - before.1))
    }
}

extension ScriptedConnection {
    /// Passes on all that comes until this side ends.
    private func pass(to sink: ScriptedConnection) async throws {
        while try await peer.read({ sink.send($0) }) { try await sink.flush() }
        sink.endSending()
    }

    /// Performs steps of a live client; the handlers run in between until all of them wait.
    func play(_ steps: [ScriptStep]) throws {
        guard let loop else { preconditionFailure("only a client of a ScriptedServer is live") }
        for step in steps {
            if case .pass(let duration) = step {
                loop.pass(duration)
                continue
            }
            loop.run()
            try peer.play(step)
            if case .cut = step { task?.cancel() }
            loop.run()
            for target in dialed {
                if let failure = target.peer.failure as? ScriptFailure { throw failure }
            }
        }
    }

    /// Ends the drain period of a live client that nobody plays any more.
    func cut() {
        peer.cut()
        task?.cancel()
    }

    /// Serves a live client from now on.
    func start(with handler: some Handler) {
        task = loop?.start { [self] in
            let outcome = await run(handler)
            for peer in dialed { peer.close() }
            peer.finish()
            self.outcome = outcome
        }
        loop?.run()
    }

    func serve(with handler: some Handler) async throws -> ScriptedClient.Outcome {
        let outcome = await run(handler)
        for peer in dialed { peer.close() }
        for one in [self] + dialed {
            one.peer.finish()
            if let failure = one.peer.failure as? ScriptFailure { throw failure }
        }
        return outcome
    }

    func run(_ first: some Handler) async -> ScriptedClient.Outcome {
        var handler: any Handler = first
        var hasArrivals = false
        do {
            while true {
                switch try await serve(with: handler, atOnce: hasArrivals) {
                case .close, .closeAtOnce:
                    return .closed
                case .abort:
                    return .aborted
                case .rest:
                    await peer.rest()
                    hasArrivals = !isDraining && !peer.hasTimedOut
                case .delegate(let other):
                    handler = other
                    hasArrivals = type(of: other).startsAtRest && peer.hasUnread
                case .relay(let other, let idleTimeout):
                    return .relayed(
                        try await relay(to: other.reference.core, idleTimeout: idleTimeout))
                }
            }
        } catch {
            return .threw(error)
        }
    }

    /// Serves as the server does: what arrived at rest without a task, where the handler can.
    private func serve(
        with handler: some Handler, atOnce hasArrivals: Bool
    ) async throws -> Afterwards {
        switch hasArrivals ? try handler.serveAtOnce(Client(self)) : nil {
        case .done(let afterwards): return afterwards
        case .goOn(let begun): return try await begun(Client(self))
        case nil: return try await handler.serve(Client(self))
        }
    }
}
