import HandlerAPI
import HandlerTesting
import Platform
import Testing

/// Several live clients of one handler, and the work beside them, on a virtual clock.
@Suite struct ScriptedServerTests {
    /// Sends each line to all other clients; a line without clients for a minute is a time-out.
    private struct Room: LastingHandler {
        static let name = "room"
        static let summary = "sends each line to the others"
        private let members = Lock<[UInt64: AsyncStream<String>.Continuation]>([:])

        init(_ options: HandlerOptions) {}

        func start(_ host: HostContext) async throws {
            try await host.pause(for: .seconds(2))
            host.inBackground {
                do {
                    while true {
                        try await host.pause(for: .seconds(30))
                        say("tick", except: 0)
                    }
                } catch {
                    host.log(.info, "\(error)")
                }
            }
        }

        func stop() async { say("bye", except: 0) }

        private func say(_ line: String, except id: UInt64) {
            let mailboxes = members.withLock { members in
                members.sorted { $0.key < $1.key }.filter { $0.key != id }.map(\.value)
            }
            for mailbox in mailboxes { mailbox.yield(line) }
        }

        func serve(_ client: Client) async throws -> Afterwards {
            let (lines, mailbox) = AsyncStream.makeStream(of: String.self)
            members.withLock { $0[client.id] = mailbox }
            defer { members.withLock { $0[client.id] = nil } }
            client.setDeadline(after: .seconds(60))
            try await client.alongside({
                for await line in lines { try await client.write("\(line)\n") }
            }) {
                while let line = try await client.readLine() {
                    say("\(client.id): \(line)", except: client.id)
                    client.setDeadline(after: .seconds(60))
                    if client.isDraining { return }
                }
            }
            return .close
        }
    }

    private func server() throws -> ScriptedServer {
        ScriptedServer(Room(try HandlerOptions(of: Room.self)))
    }

    @Test(arguments: 1...20)
    func stepsOfThreeClientsInterleaveTheSameWayEachTime(_ run: Int) throws {
        let server = try server()
        let (ada, grace, joan) = (server.connect(), server.connect(), server.connect())
        try ada.play(.send("hello\n"))
        try grace.play(.expect("1: hello\n"), .send("hi\nho"))
        try ada.play(.expect("2: hi\n"))
        try joan.play(.expect("1: hello\n2: hi\n"))
        try grace.play(.send("!\n"), .end)
        #expect(grace.outcome?.isClosed == true)
        try joan.play(.expect("2: ho!\n"), .send("so long\n"), .disconnect("reset"))
        #expect(joan.outcome?.error as? ClientError == .disconnected(reason: "reset"))
        try ada.play(.expect("2: ho!\n3: so long\n"))
        #expect(ada.outcome == nil)
        #expect(grace.text == "1: hello\n")
    }

    @Test func aStepThatExpectsSomethingElseFailsTheTest() throws {
        let server = try server()
        let (ada, grace) = (server.connect(), server.connect())
        try ada.play(.send("hello\n"))
        #expect(throws: ScriptFailure.self) { try grace.play(.expect("1: goodbye\n")) }
        #expect(throws: ScriptFailure.self) { try ada.play(.expect("echo\n")) }
    }

    @Test func timePassesForAllInItsOrder() throws {
        let server = try server()
        #expect(try !server.start())
        let ada = server.connect()
        server.pass(.seconds(29))
        let grace = server.connect()
        try grace.play(.pass(.seconds(5)))
        #expect(ada.text == "tick\n")
        try grace.play(.pass(.seconds(26)), .send("still here\n"))
        #expect(ada.text == "tick\n")
        #expect(ada.outcome?.error as? ClientError == .timedOut)
        #expect(grace.outcome == nil)
        server.pass(.seconds(2))
        #expect(grace.text == "tick\ntick\n")
        #expect(server.host.pauses == [.seconds(2)] + Array(repeating: .seconds(30), count: 3))
    }

    @Test func theEndOfTheHostCancelsItsWorkThenStopsIt() throws {
        let server = try server()
        try server.start()
        server.pass(.seconds(2))
        let ada = server.connect()
        server.stop()
        #expect(server.host.records.map(\.message) == ["cancelled"])
        #expect(ada.text == "bye\n")
        server.pass(.seconds(60))
        #expect(ada.text == "bye\n")
    }

    @Test func aDrainIsSeenAndACutCancels() throws {
        let server = try server()
        let (ada, grace) = (server.connect(), server.connect())
        try server.drain()
        try ada.play(.send("last\n"))
        #expect(ada.outcome?.isClosed == true)
        #expect(grace.outcome == nil)
        try server.cut()
        #expect(grace.outcome?.error as? ClientError == .cancelled)
    }

    /// Looks after its target, each minute.
    private struct Watching: LastingHandler {
        static let name = "watching"
        static let summary = "connects to a target each minute"

        init(_ options: HandlerOptions) {}

        func start(_ host: HostContext) {
            host.inBackground {
                while !Task.isCancelled {
                    do {
                        let peer = try await host.connect(to: DialTarget(.host("db.test", port: 1)))
                        let line = try await peer.readLine()
                        peer.close()
                        host.log(.info, line ?? "end")
                    } catch {
                        host.log(.warning, "\(error)")
                    }
                    try? await host.pause(for: .seconds(60))
                }
            }
        }

        func serve(_ client: Client) async throws -> Afterwards { .close }
    }

    @Test func theHostDialsItsTargetsInTime() throws {
        let server = ScriptedServer(Watching(try HandlerOptions(of: Watching.self)))
        server.host.answer("db.test:1", with: [.send("ready\n")])
        #expect(try server.start())
        server.host.answer("db.test:1", with: nil)
        server.pass(.seconds(59))
        #expect(server.host.records.map(\.message) == ["ready"])
        server.pass(.seconds(1))
        #expect(server.host.tried.count == 2)
        #expect(server.host.records.count == 2)
        server.stop()
        server.pass(.seconds(600))
        #expect(server.host.tried.count == 2)
    }

    /// Keeps handles, not clients: each line goes to all others, and "kick" disconnects them.
    private struct Handles: Handler {
        static let name = "handles"
        static let summary = "sends each line to the others by their handles"
        private let members = Lock<[ClientHandle]>([])

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards {
            let handle = client.handle
            members.withLock { $0.append(handle) }
            defer { members.withLock { $0.removeAll { $0 == handle } } }
            while let line = try await client.readLine() {
                client[String.self] = line
                for other in members.withLock({ $0 }) where other != handle {
                    if line == "kick" { other.disconnect() } else { other.send("\(line)\n") }
                }
            }
            return .close
        }
    }

    @Test func clientsReachEachOtherByTheirHandles() async throws {
        let server = ScriptedServer(Handles(try HandlerOptions(of: Handles.self)))
        let (ada, grace, joan) = (server.connect(), server.connect(), server.connect())
        let handle = ada.client.handle
        #expect(handle.isConnected)
        try ada.play(.send("hello\n"))
        try grace.play(.expect("hello\n"), .end)
        try joan.play(.expect("hello\n"), .send("kick\n"))
        #expect(grace.outcome?.isClosed == true)
        #expect(ada.outcome?.error as? ClientError == .cancelled)
        #expect(!handle.isConnected)
        #expect(!handle.send("too late"))
        #expect(joan.outcome == nil)
        #expect(await joan.client.handle.state(String.self) == "kick")
    }

    /// Rests between lines, and is joined with a target after "go".
    private struct Resting: Handler {
        static let name = "resting"
        static let summary = "rests"

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards {
            guard let line = try await client.readLine() else { return .close }
            guard line == "go" else {
                try await client.write("\(line)?\n")
                return .rest
            }
            let peer = try await client.connect(to: DialTarget(.host("echo.test", port: 7)))
            return .relay(to: peer, idleTimeout: nil)
        }
    }

    @Test func aLiveClientRestsAndIsRelayed() throws {
        let server = ScriptedServer(Resting(try HandlerOptions(of: Resting.self)))
        let client = server.connect()
        client.answer("echo.test:7", with: [.expect("ping\n"), .send("pong\n"), .end])
        try client.play(.send("a\n"), .expect("a?\n"), .send("b\n"), .expect("b?\n"))
        try client.play(.send("go\n"), .send("ping\n"), .expect("pong\n"))
        #expect(client.outcome == nil)
        try client.play(.end)
        guard case .relayed(let traffic) = client.outcome else {
            Issue.record("\(String(describing: client.outcome))")
            return
        }
        #expect(traffic.sent == 5)
        #expect(traffic.received == 5)
    }

    @Test func aClientThatDoesNotReadHoldsUpItsHandler() throws {
        let server = ScriptedServer(Resting(try HandlerOptions(of: Resting.self)))
        let client = server.connect()
        try client.play(.stopTaking, .send("a\n"), .send("b\n"))
        #expect(client.text == "")
        try client.play(.takeAgain, .expect("a?\nb?\n"))
    }

    /// Waits for its client, and refers to a value meanwhile.
    private struct Waiting: LastingHandler {
        static let name = "waiting"
        static let summary = "waits for its clients"

        final class Value: Sendable {}
        let value: Value

        init(_ options: HandlerOptions) { self.init(Value()) }
        init(_ value: Value) { self.value = value }

        func start(_ host: HostContext) async throws {
            host.inBackground { [value] in
                do { while true { try await host.pause(for: .seconds(60)) } } catch { _ = value }
            }
        }

        func serve(_ client: Client) async throws -> Afterwards {
            while try await client.readLine() != nil {}
            return .close
        }
    }

    @Test func whatStillWaitsEndsWithTheServerAndItsClients() throws {
        weak var value: Waiting.Value?
        var left: ScriptedClient?
        do {
            let strong = Waiting.Value()
            value = strong
            let server = ScriptedServer(Waiting(strong))
            try server.start()
            try server.connect().play(.send("hello\n"))
            left = server.connect()
        }
        // A client outlives its server.
        try left?.play(.send("hello\n"))
        #expect(value != nil)
        left = nil
        #expect(value == nil)
    }
}
