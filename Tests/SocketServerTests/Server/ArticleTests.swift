import HandlerAPI
import Platform
import Synchronization
import TestSupport
import Testing

@testable import SocketServer

/// The code of the articles in `SocketServer.docc`, line by line; `ArticleLineTests` compares.
@Suite struct ArticleTests {
    private let echo = EchoHost.echo

    @Test func theLandingPage() async throws {
        let serving = Task {
            let server = SocketServer(listen: "127.0.0.1:0") { client in
                while try await client.read({ client.send($0) }) { try await client.flush() }
            }
            try await server.run()
        }
        serving.cancel()
        try await serving.value
    }

    @Test func echoServer() async throws {
        let server = SocketServer(listen: "127.0.0.1:0") { client in
            while try await client.read({ client.send($0) }) { try await client.flush() }
        }
        let listeners = try await server.listen()
        let port = listeners[0].address?.port
        let peer = try PlainClient(to: "127.0.0.1", port: try #require(port))
        #expect(try peer.echoes("hello"))
        peer.endOutput()
        let report = await server.drain(within: .seconds(5))
        #expect(report.aborted == 0)
    }

    @Test func callersLoop() async throws {
        // A thread of its own, since tests share theirs with the tasks of the server.
        let ended = AsyncStream.makeStream(of: Bool.self)
        let thread = try Thread(name: "own-loop") {
            do { ended.continuation.yield(try Self.turnALoop()) } catch { Issue.record(error) }
            ended.continuation.finish()
        }
        thread.detach()
        var iterator = ended.stream.makeAsyncIterator()
        #expect(await iterator.next() == true)
    }

    /// The program of the article, whose clients it plays when it listens.
    ///
    /// - Returns: whether a client got its answer.
    private static func turnALoop() throws -> Bool {
        let isDone = Atomic(false)
        var loop = try CallerLoop()
        var options = SocketServer.Options()
        options.loops = .shared(loop.group)
        let server = SocketServer(listen: "127.0.0.1:0", options: options) { client in
            while let line = try await client.readLine() { try await client.write("\(line)\r\n") }
        }
        let answer = Lock<[UInt8]?>(nil)
        server.observe { state in
            guard state == .listening else { return }
            let peer = try? Thread(name: "peer") {
                let text = try? server.connect().exchange(Array("hello\n".utf8))
                answer.withLock { $0 = text }
                Task { @concurrent in await server.drain() }
            }
            peer?.detach()
        }
        Task { @concurrent in
            do { try await server.run() } catch { print(error) }
            isDone.store(true, ordering: .releasing)
        }
        loop.run { isDone.load(ordering: .acquiring) }
        return answer.withLock { $0 } == Array("hello\r\n".utf8)
    }

    private struct Visit: Sendable, Equatable {
        let name: String
    }

    /// What a handler reaches of its own server.
    private final class Room: Sendable {
        private let server = Lock<SocketServer?>(nil)

        var clients: SocketServer.Clients {
            get throws { try #require(server.withLock { $0 }).clients }
        }

        func open(_ server: SocketServer) { self.server.withLock { $0 = server } }
    }

    @Test func chatServer() async throws {
        let room = Room()
        let server = SocketServer(listen: "127.0.0.1:0") { client in
            for try await line in client.lines(upTo: 500) {
                switch line {
                case "who":
                    for await other in try room.clients { client.send("\(other.id)\r\n") }
                case "quit":
                    return
                default:
                    try room.clients.sendToAll("\(line)\r\n", except: client.handle)
                }
            }
        }
        room.open(server)
        try await server.listen()
        let (ann, bob) = (try server.connect(), try server.connect())
        try ann.send("who\r\n")
        _ = try ann.receive(atLeast: 3)
        try bob.send("hello\r\n")
        // Behind it may be the other line of "who".
        var heard = ""
        while !heard.hasSuffix("hello\r\n") {
            heard += String(decoding: try ann.receive(atLeast: 1), as: UTF8.self)
        }
        var unwanted: UInt64 = 0
        for await handle in server.clients { unwanted = handle.id }
        await server.clients.disconnectAll { [unwanted] in $0.id == unwanted }
        try waitUntil("the other") { server.clients.count == 1 }
        await server.drain(within: .zero)
    }

    @Test func somethingWithEachClient() async throws {
        let (feed, editor) = AsyncStream.makeStream(of: String.self)
        editor.yield("news\r\n")
        let server = SocketServer(listen: "127.0.0.1:0") { client in
            client[Visit.self] = Visit(name: "Ann")
            try await client.alongside({
                for await news in feed { try await client.write(news) }
            }) {
                while try await client.readLine() != nil {}
            }
            return .close
        }
        try await server.listen()
        let peer = try server.connect()
        #expect(try peer.receive("news\r\n"))
        for await handle in server.clients {
            let visit = await handle.state(Visit.self)
            #expect(visit == Visit(name: "Ann"))
        }
        peer.endOutput()
        #expect(try peer.receiveAll() == [])
        await server.drain()
    }

    @Test func tlsService() async throws {
        let directory = try TemporaryDirectory()
        let pair = try Certificates(in: directory).pair("red.example")
        var red = IcsHost(
            ["red.example"], on: ["127.0.0.1"], ssl: 0,
            certificate: .files(pair.certificate, key: pair.key), handler: echo)
        red.tag = "red"
        let blue = IcsHost(["blue.example"], on: ["127.0.0.1"], ssl: 0, handler: echo)
        let server = SocketServer([red])
        try await server.listen()
        let reports = try await server.apply([red, blue])
        for report in reports where report.state != .up { print(report) }
        #expect(reports.count == 2)
        await server.drain()
    }
}
