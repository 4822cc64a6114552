import EventLoops
import Glibc
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// Servers on loops that are not their own.
@Suite struct SharedLoopsTests {
    @Test(arguments: Transport.allCases)
    func aServerThatStopsLeavesTheOthersOfItsLoopsAlone(_ transport: Transport) throws {
        let group = try EventLoopGroup(count: 2)
        try group.start()
        defer { group.stop() }
        let kept = try TestServer(.echo, over: transport, on: group)
        let clients = try (0..<4).map { _ in try kept.connect() }
        for _ in 0..<10 {
            let stopped = try TestServer(.echo, over: transport, on: group)
            let others = try (0..<4).map { _ in try stopped.connect() }
            for client in clients + others { #expect(try client.echoes("hello")) }
            #expect(kept.server.status.clients == 4)
            stopped.stop()
            #expect(stopped.server.status.clients == 0)
            #expect(throws: (any Error).self) {
                try PlainClient(to: "127.0.0.1", port: stopped.port)
            }
        }
        for client in clients { #expect(try client.echoes("hello")) }
        #expect(kept.server.status.clients == 4)
        kept.stop()
        #expect(try Self.sources(of: group) == 0)
    }

    @Test func drainsAndCutsAreForTheClientsOfOneServer() throws {
        let group = try EventLoopGroup(count: 1)
        try group.start()
        defer { group.stop() }
        let servers = try (0..<2).map { _ in try TestServer(.echo, on: group) }
        let clients: [any TestClient] = try servers.map { try $0.connect() }
        for client in clients { #expect(try client.echoes("hello")) }
        servers[0].drain()
        servers[0].server.cut()
        try servers[0].waitForEnd()
        #expect(try clients[0].receive().isEmpty)
        #expect(try clients[1].echoes("still here"))
        let count = Lock(-1)
        servers[1].server.disconnect(ofLoop: 0, from: 0, .all) { found, _ in
            count.withLock { $0 = found }
        }
        try waitUntil("the answer") { count.withLock { $0 } == 1 }
        for server in servers { server.stop() }
    }

    @Test(arguments: Transport.allCases)
    func aServerOnTheLoopOfItsCallerServesInItsTurns(_ transport: Transport) throws {
        let loop = try EventLoop(isPolled: true)
        let threads = Lock<Set<pthread_t>>([])
        let handler = ScriptedHandler { client in
            while try await client.read({ client.send($0) }) {
                threads.withLock { _ = $0.insert(pthread_self()) }
                try await client.flush()
            }
            return .close
        }
        // Nobody turns the loop yet.
        let server = try TestServer(
            handler, over: transport, on: EventLoopGroup(turnedByOwner: loop))
        let isDone = Lock(false)
        let port = server.port
        let bytes = [UInt8](repeating: 3, count: 1 << 20)
        let client = try Thread(name: "client") {
            let answer = try? Self.connect(to: port, over: transport).exchange(bytes)
            #expect(answer == bytes)
            isDone.withLock { $0 = true }
        }
        try waitUntil("the exchange") {
            var entry = pollfd(fd: loop.descriptor, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&entry, 1, 100) > 0 { loop.turn(upTo: .zero) }
            return isDone.withLock { $0 }
        }
        client.join()
        #expect(threads.withLock { $0 } == [pthread_self()])
        server.stop()
        #expect(server.server.status.clients == 0)
    }

    @Test func aServerOnTheLoopOfItsCallerStopsWhileNobodyTurnsIt() throws {
        let loop = try EventLoop(isPolled: true)
        let server = try TestServer(.echo, on: EventLoopGroup(turnedByOwner: loop))
        let client = try server.connect()
        try client.send("x")
        try waitUntil("the echo") {
            loop.turn(upTo: .milliseconds(10))
            let answer = try client.receiveNow()
            return answer != nil
        }
        server.drain()
        server.stop()
        #expect(try client.receive().isEmpty)
        loop.perform { [loop] in #expect(loop.sources.isEmpty) }
    }

    private static func connect(
        to port: UInt16, over transport: Transport
    ) throws -> any TestClient {
        let socket = try PlainClient(to: "127.0.0.1", port: port)
        return transport == .plain ? socket : try TLSClient(over: socket, name: nil)
    }

    private static func sources(of group: EventLoopGroup) throws -> Int {
        let count = Lock(0)
        for loop in group.loops {
            let bell = try EventBell()
            loop.perform {
                let found = loop.sources.count
                count.withLock { $0 += found }
                bell.ring()
            }
            bell.wait()
        }
        return count.withLock { $0 }
    }
}
