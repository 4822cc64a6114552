import HandlerAPI
import NetworkTypes
import Platform
import TestSupport
import Testing

@testable import SocketServer

/// The list of connected clients.
@Suite struct ClientsTests {
    private struct Number {
        let value: Int
    }

    /// Keeps the number that its client sends, and answers with a point.
    private static let numbered = HandlerSource.serve { client in
        while let line = try await client.readLine() {
            client[Number.self] = Int(line).map { Number(value: $0) }
            try await client.write(".")
        }
        return .close
    }

    private static func server(
        _ handler: HandlerSource = numbered, loops: Int = 2
    ) async throws -> SocketServer {
        var options = SocketServer.Options()
        options.loops = .count(loops)
        let server = SocketServer([EchoHost.host(handler)], options: options)
        try await server.listen()
        return server
    }

    private static func connect(_ count: Int, to server: SocketServer) throws -> [PlainClient] {
        let clients = try (0..<count).map { _ in try server.connect() }
        for (number, client) in clients.enumerated() { try client.send("\(number)\n") }
        for client in clients { #expect(try client.receive(".")) }
        return clients
    }

    /// More clients than one batch has, on one loop and on two.
    @Test(arguments: [1, 2]) func allClientsAreFoundInBatches(_ loops: Int) async throws {
        let server = try await Self.server(loops: loops)
        let clients = try Self.connect(1_300, to: server)
        #expect(server.clients.count == 1_300)
        var numbers: Set<Int> = []
        for await client in server.clients {
            let number = try #require(await client.state(Number.self)).value
            #expect(numbers.insert(number).inserted)
            #expect(server.clients.isClient(client))
        }
        #expect(numbers == Set(0..<1_300))
        let gone = await server.clients.disconnectAll("even") { $0.id % 2 == 0 }
        #expect(gone > 500)
        try waitUntil("their end") { server.clients.count == 1_300 - gone }
        withExtendedLifetime(clients) {}
        await server.drain(within: .zero)
    }

    @Test func aClientIsFoundByItsNumber() async throws {
        let server = try await Self.server()
        let clients = try Self.connect(3, to: server)
        var handles: [ClientHandle] = []
        for await handle in server.clients { handles.append(handle) }
        for handle in handles { #expect(await server.clients[handle.id] == handle) }
        #expect(await server.clients[UInt64.max] == nil)
        let first = try #require(handles.first)
        first.disconnect()
        try waitUntil("the end") { !first.isConnected }
        #expect(!server.clients.isClient(first))
        #expect(await server.clients[first.id] == nil)
        withExtendedLifetime(clients) {}
        await server.drain(within: .zero)
    }

    @Test func aMessageReachesAllButOne() async throws {
        let server = try await Self.server()
        let clients = try Self.connect(700, to: server)
        var sender: ClientHandle?
        for await handle in server.clients where await handle.state(Number.self)?.value == 7 {
            sender = handle
        }
        server.clients.sendToAll("first ", except: sender)
        server.clients.sendToAll("second ")
        for (number, client) in clients.enumerated() {
            #expect(try client.receive(number == 7 ? "second " : "first second "))
        }
        // Nobody had to wait: a message that the kernel takes needs no mailbox.
        server.clients.sendToAll([UInt8](repeating: 1, count: ClientHandle.waitingLimit + 1))
        server.clients.sendToAll("third")
        for client in clients { #expect(try client.receive("third")) }
        await server.drain(within: .zero)
    }

    /// Of a message that its kernel takes in part, a client gets the rest, and the next ones behind it.
    @Test func aSlowClientGetsAllInOrder() async throws {
        let server = try await Self.server(loops: 1)
        let port = try #require(server.listeners[0].address?.port)
        let client = try PlainClient(to: "127.0.0.1", port: port, receiveBuffer: 4_096)
        let other = try Self.connect(1, to: server)[0]
        try client.send("1\n")
        #expect(try client.receive("."))
        let part = 1 << 18
        for number in 0..<3 {
            server.clients.sendToAll([UInt8](repeating: UInt8(number), count: part))
            #expect(try other.receive(atLeast: part).count == part)
        }
        let all = try client.receive(atLeast: 3 * part)
        #expect(all == (0..<3).flatMap { [UInt8](repeating: UInt8($0), count: part) })
        await server.drain(within: .zero)
    }

    @Test func aServerThatDoesNotListenHasNoClients() async throws {
        let server = SocketServer([EchoHost.host(Self.numbered)])
        for _ in 0..<2 {
            #expect(server.clients.count == 0)
            for await client in server.clients { Issue.record("\(client.id)") }
            #expect(await server.clients[1] == nil)
            server.clients.sendToAll("nobody")
            #expect(await server.clients.disconnectAll() == 0)
            try await server.listen()
            let clients = server.clients
            await server.drain()
            // What was taken before the end has no clients either.
            for await client in clients { Issue.record("\(client.id)") }
            clients.sendToAll("nobody")
        }
    }
}
