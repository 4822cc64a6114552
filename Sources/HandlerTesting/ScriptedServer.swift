public import HandlerAPI
internal import Platform

/// A server without sockets: clients of one handler that are connected at the same time, and its host.
///
/// ```swift
/// let server = ScriptedServer(try Chat(HandlerOptions(of: Chat.self)))
/// let (ada, grace) = (server.connect(), server.connect())
/// try ada.play(.send("NICK ada\n"), .expect("200 welcome\r\n201 you are ada\r\n"))
/// try grace.play(.send("NICK grace\n"))
/// try ada.play(.expect("* grace came\r\n"))
/// ```
///
/// The handlers run on the thread of the test, inside the calls of this class and of ``ScriptedClient/play(_:)``, one
/// after the other until all of them wait. Time is virtual. So each run goes the same way, as long as the handler starts no
/// thread and no unstructured task of its own.
public final class ScriptedServer {
    private let handler: any Handler
    private let loop = VirtualLoop()
    private var ids: UInt64 = 0
    private let starting = Lock<Result<Void, any Error>?>(nil)
    /// The host as the handler sees it: its targets, records and pauses.
    public let host: ScriptedHost
    private let life: ScriptedLife
    /// The clients in the order of their arrival, including those that have gone.
    public private(set) var clients: [ScriptedClient] = []

    /// Serves clients with a handler.
    ///
    /// - Parameters:
    ///   - handler: serves all clients; see ``start()`` for one that lasts.
    ///   - hostTag: `HostTag`.
    public init(_ handler: some Handler, hostTag: String = "Host1") {
        self.handler = handler
        host = ScriptedHost(hostTag: hostTag, on: loop)
        life = ScriptedLife(loop, host)
    }

    /// Starts a ``HandlerAPI/LastingHandler``.
    ///
    /// - Throws: what its start throws.
    /// - Returns: whether it has started; false while it pauses or waits for a target.
    @discardableResult public func start() throws -> Bool {
        guard let handler = handler as? any LastingHandler else { return true }
        _ = loop.start { [host, starting] in
            let result: Result<Void, any Error>
            do { result = .success(try await handler.start(host)) } catch {
                result = .failure(error)
            }
            starting.withLock { $0 = result }
        }
        loop.run()
        let result = starting.withLock { $0 }
        try result?.get()
        return result != nil
    }

    /// Connects a client, which the handler serves from now on.
    ///
    /// - Parameter facts: what the handler sees of the client; its `id` is replaced by a number of its own, from 1.
    /// - Returns: the client, whose steps the test performs with ``ScriptedClient/play(_:)``.
    public func connect(_ facts: ClientFacts = ClientFacts()) -> ScriptedClient {
        var facts = facts
        ids += 1
        facts.id = ids
        facts.hostTag = host.hostTag
        let connection = ScriptedConnection(facts: facts, on: loop, isLive: true)
        let client = ScriptedClient(connection, in: life)
        life.add(connection)
        clients.append(client)
        connection.start(with: handler)
        return client
    }

    /// Lets time pass for all clients and for the host: deadlines and pauses end in their order.
    public func pass(_ duration: Duration) { loop.pass(duration) }

    /// Begins the shutdown: every client sees ``HandlerAPI/Client/isDraining``, and those at rest are served once more.
    ///
    /// - Throws: ``ScriptFailure`` of a target.
    public func drain() throws { try playAll(.drain) }

    /// Ends the drain period: every wait throws ``HandlerAPI/ClientError/cancelled``.
    ///
    /// - Throws: ``ScriptFailure`` of a target.
    public func cut() throws { try playAll(.cut) }

    /// Stops a ``HandlerAPI/LastingHandler``: its work in the background is cancelled, then its `stop()` runs.
    public func stop() {
        host.cancel()
        loop.run()
        guard let handler = handler as? any LastingHandler else { return }
        _ = loop.start { await handler.stop() }
        loop.run()
    }

    private func playAll(_ step: ScriptStep) throws {
        for client in clients where client.outcome == nil { try client.play(step) }
    }
}
