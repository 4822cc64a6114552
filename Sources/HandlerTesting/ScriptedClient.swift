public import HandlerAPI

/// A client without a socket, whose peer does what a script says.
///
/// ```swift
/// let client = ScriptedClient([.send("hello\n"), .expect("HELLO\n"), .end])
/// #expect(try await client.serve(with: Shout(HandlerOptions(of: Shout.self))) == .closed)
/// #expect(client.text == "HELLO\n")
/// ```
///
/// Time is virtual (``ScriptStep/pass(_:)``), nothing waits, and each run goes the same way.
public final class ScriptedClient: Sendable {
    let connection: ScriptedConnection
    private let life: ScriptedLife?

    /// Begins a connection.
    ///
    /// - Parameters:
    ///   - script: what the peer does; at its end the peer ends its side.
    ///   - facts: what the handler meets about its client.
    public init(_ script: [ScriptStep] = [], facts: ClientFacts = ClientFacts()) {
        connection = ScriptedConnection(script, facts: facts)
        life = nil
    }

    init(_ connection: ScriptedConnection, in life: ScriptedLife? = nil) {
        self.connection = connection
        self.life = life
    }

    /// The client as its handler gets it.
    public var client: Client { Client(connection) }

    /// The hosts of other names, by their names in lower case; all other names are the client's own host.
    public var hosts: [String: NamedHost] {
        get { connection.hosts }
        set { connection.hosts = newValue }
    }

    /// How each program ends that the handler runs for the client.
    public var programEnd: Result<ProgramEnd, ProgramError> {
        get { connection.programEnd }
        set { connection.programEnd = newValue }
    }

    /// The programs that the handler has run, in order.
    public var programs: [Program] { connection.programs }
    /// What the handler has logged, in order.
    public var records: [(level: LogLevel, message: String)] { connection.records }
    /// All that the peer was sent.
    public var output: [UInt8] { connection.output }
    /// The same as text.
    public var text: String { String(decoding: output, as: UTF8.self) }
    /// The targets that the handler has tried, in order, reached or not.
    public var tried: [String] { connection.tried }
    /// The peers that took its connections, in order.
    public var peers: [ScriptedClient] { connection.peers.map { ScriptedClient($0) } }
    /// Whether the handler has ended our side before it returned.
    public var hasFinishedSending: Bool { connection.hasFinishedSending }

    /// Lets the handler dial a target, by its description such as `www.example:80`; others are
    /// unreachable.
    public func answer(_ target: String, with script: [ScriptStep]) {
        connection.answer(target, with: script)
    }

    /// Ends a peer that the handler has dialed.
    public func close() { connection.close() }

    /// Serves the client to its end: also after each rest.
    ///
    /// - Throws: ``ScriptFailure`` when the handler did not do what the script expects.
    /// - Returns: how it ended.
    public func serve(with handler: some Handler) async throws -> Outcome {
        try await connection.serve(with: handler)
    }

    /// Performs steps of a client of a ``ScriptedServer``.
    ///
    /// Before and after each step the handlers run until all of them wait; `.expect` compares what was sent
    /// until then, and `.pass` lets time pass for all clients.
    ///
    /// - Throws: ``ScriptFailure`` when something else was sent than a step expects.
    public func play(_ steps: ScriptStep...) throws { try connection.play(steps) }

    /// How the service of a client of a ``ScriptedServer`` has ended; nil until then.
    public var outcome: Outcome? { connection.outcome }

    /// What became of a served client.
    @nonexhaustive
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
