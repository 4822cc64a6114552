public import HandlerAPI
public import NetworkTypes

/// A client without a socket, whose peer does what a script says.
///
/// ```swift
/// let client = ScriptedClient([.send("hello\n"), .expect("HELLO\n"), .end])
/// #expect(try await client.serve(with: Shout(HandlerOptions(of: Shout.self))) == .closed)
/// #expect(client.text == "HELLO\n")
/// ```
///
/// Time is virtual (``ScriptStep/pass(_:)``), nothing waits, and each run goes the same way.
public final class ScriptedClient: Client, @unchecked Sendable {
    // Sendable because Client is: a test serves it with one task.
    private let peer: ScriptedPeer
    private let facts: ClientFacts
    private var targets: [String: [ScriptStep]] = [:]
    private var whenClosed: (@Sendable (Traffic) -> Void)?
    private var corked: [UInt8]?
    private var dialed: [ScriptedClient] = []
    private var speaksTLS: Bool
    /// The hosts of other names, by their names in lower case; all other names are the client's own host.
    public var hosts: [String: NamedHost] = [:]
    /// How each program ends that the handler runs for the client.
    public var programEnd: Result<ProgramEnd, ProgramError> = .success(.exited(status: 0))
    /// The programs that the handler has run, in order.
    public private(set) var programs: [Program] = []
    /// What the handler has logged, in order.
    public private(set) var records: [(level: LogLevel, message: String)] = []
    private let locals = LoopLocals()
    private var kept: UInt64 = 0

    /// Begins a connection.
    ///
    /// - Parameters:
    ///   - script: what the peer does; at its end the peer ends its side.
    ///   - facts: what the handler meets about its client.
    public init(_ script: [ScriptStep] = [], facts: ClientFacts = ClientFacts()) {
        peer = ScriptedPeer(script)
        self.facts = facts
        speaksTLS = facts.tlsVersion != nil
    }

    /// Lets the handler dial a target, by its description such as `www.example:80`; others are
    /// unreachable.
    public func answer(_ target: String, with script: [ScriptStep]) { targets[target] = script }

    /// All that the peer was sent.
    public var output: [UInt8] { peer.output }
    /// The same as text.
    public var text: String { String(decoding: peer.output, as: UTF8.self) }
    /// The targets that the handler has tried, in order, reached or not.
    public private(set) var tried: [String] = []
    /// The peers that took its connections, in order.
    public var peers: [ScriptedClient] { dialed }
    /// Whether the handler has ended our side before it returned.
    public var hasFinishedSending: Bool { peer.hasEndedOutput }

    override public var id: UInt64 { facts.id }
    override public var remoteAddress: SocketAddress { facts.remoteAddress }
    override public var localAddress: SocketAddress { facts.localAddress }
    override public var hostTag: String { facts.hostTag }
    override public var serverName: String? { facts.serverName }
    override public var applicationProtocol: String? { facts.applicationProtocol }
    override public var certificate: ClientCertificate? { facts.certificate }
    override public var isTLS: Bool { speaksTLS }
    override public var tlsVersion: String? { speaksTLS ? facts.tlsVersion ?? "TLSv1.3" : nil }
    override public var tlsCipher: String? { speaksTLS ? facts.tlsCipher : nil }
    override public var isDraining: Bool { peer.isDraining }
    override public var offersTLS: Bool { !speaksTLS && facts.offersTLS }
    override public var requiresTLS: Bool { !speaksTLS && facts.requiresTLS }
    override public var isForChallenge: Bool { !speaksTLS && facts.isForChallenge }
    override public var descriptor: CInt? { nil }
    override public var loopLocals: LoopLocals { locals }
    override public var note: UInt64 {
        get { kept }
        set { kept = newValue }
    }

    override public func read(_ body: (Span<UInt8>) throws -> Void) async throws -> Bool {
        try peer.read(body)
    }

    override public func readArrived(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival {
        try peer.readArrived(body)
    }

    override public func putBack(_ rest: Span<UInt8>) { peer.putBack(rest.count) }

    override public func send(_ bytes: Span<UInt8>) {
        let bytes = [UInt8](copying: bytes)
        if corked != nil { corked?.append(contentsOf: bytes) } else { peer.send(bytes) }
    }

    override public func send(_ first: Span<UInt8>, _ second: Span<UInt8>) {
        send(first)
        send(second)
    }

    override public func cork() { corked = corked ?? [] }

    override public func uncork() {
        guard let bytes = corked else { return }
        corked = nil
        peer.send(bytes)
    }

    override public var mustFlush: Bool { peer.mustFlush }
    override public func waitUntilSent() async throws { try peer.flush() }
    override public func endSending() { peer.endOutput() }
    override public func setDeadline(after duration: Duration?) {
        peer.setDeadline(after: duration)
    }

    override public func sendFile(
        _ descriptor: CInt, from offset: Int, count: Int, after head: [UInt8]
    ) async throws -> Int {
        send(head.span)
        let bytes = try TestFile.read(descriptor, from: offset, count: count)
        send(bytes.span)
        try await flush()
        return bytes.count
    }

    override public func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        records.append((level, message()))
    }

    override public func perform(offLoop job: @escaping @Sendable () -> Void) -> Bool {
        job()
        return true
    }

    override public func host(for name: Span<UInt8>) -> NamedHost {
        hosts[String(copying: name).lowercased()] ?? .own
    }

    override public func run(_ program: Program) async throws -> ProgramEnd {
        programs.append(program)
        return try programEnd.get()
    }

    override public func startTLS(unread: Int) async throws {
        guard offersTLS else { throw ClientError.tlsNotOffered }
        guard unread == 0, !peer.hasUnread else { throw ClientError.pipelinedBeforeTLS }
        try peer.shakeHands()
        speaksTLS = true
    }

    override public func connect(
        to target: DialTarget, whenClosed: (@Sendable (Traffic) -> Void)?
    ) async throws -> Peer {
        tried.append("\(target)")
        guard let script = targets["\(target)"] else {
            throw DialError.unreachable(reason: "Connection refused")
        }
        let other = ScriptedClient(script)
        other.whenClosed = whenClosed
        other.speaksTLS = target.tls != nil
        dialed.append(other)
        other.send(target.preface.span)
        return other
    }

    override public func close() {
        whenClosed?(Traffic(sent: UInt64(output.count), received: UInt64(peer.received)))
        whenClosed = nil
    }

    override public func relay(to peer: Peer, idleTimeout: Duration?) async throws -> Traffic {
        guard let other = peer as? ScriptedClient else {
            preconditionFailure("a client is relayed to a peer that it has dialed")
        }
        let before = (other.output.count, other.peer.received)
        // First all of one side, then all of the other: a script knows no simultaneous.
        for (source, sink) in [(self, other), (other, self)] {
            while try source.peer.read({ sink.send($0) }) { try await sink.flush() }
            sink.endSending()
        }
        return Traffic(
            sent: UInt64(other.output.count - before.0),
            received: UInt64(other.peer.received - before.1))
    }
}

extension ScriptedClient {
    /// What became of a served client.
    public enum Outcome: Sendable {
        /// The server would close the connection.
        case closed
        /// The server would break the connection off.
        case aborted
        /// The handler threw an error: of the client, or its own.
        case threw(any Error)
        /// The client was relayed, to the end, to a peer that was dialed.
        case relayed(Traffic)
    }

    /// Serves the client to its end: also after each rest.
    ///
    /// - Throws: ``ScriptFailure`` when the handler did not do what the script expects.
    /// - Returns: how it ended.
    public func serve(with handler: some Handler) async throws -> Outcome {
        let outcome = await run(handler)
        for peer in dialed { peer.close() }
        for one in [self] + dialed {
            one.peer.finish()
            if let failure = one.peer.failure as? ScriptFailure { throw failure }
        }
        return outcome
    }

    private func run(_ handler: some Handler) async -> Outcome {
        var hasArrivals = false
        do {
            while true {
                switch try await serve(with: handler, atOnce: hasArrivals) {
                case .close, .closeAtOnce:
                    return .closed
                case .abort:
                    return .aborted
                case .rest:
                    _ = peer.wakesFromRest()
                    hasArrivals = !isDraining && !peer.hasTimedOut
                case .relay(let other, let idleTimeout):
                    return .relayed(try await relay(to: other, idleTimeout: idleTimeout))
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
        switch hasArrivals ? try handler.serveAtOnce(self) : nil {
        case .done(let afterwards): return afterwards
        case .goOn(let begun): return try await begun(self)
        case nil: return try await handler.serve(self)
        }
    }
}

extension ScriptedClient.Outcome {
    /// Whether the handler returned and the server would close.
    public var isClosed: Bool {
        guard case .closed = self else { return false }
        return true
    }

    /// What the handler threw.
    public var error: (any Error)? {
        guard case .threw(let error) = self else { return nil }
        return error
    }
}
