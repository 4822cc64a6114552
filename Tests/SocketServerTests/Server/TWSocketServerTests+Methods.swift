import TestSupport
import Testing

@testable import SocketServer

extension TWSocketServerTests {
    @Test func abort() async throws {
        let (server, peer, handle) = try await connected()
        server.abort()
        await server.drain()
        #expect(server.state == .ended && !handle.isConnected)
        _ = peer
    }

    @Test func close() async throws {
        let (server, peer, _) = try await connected()
        server.close()
        #expect(server.state == .closed)
        #expect(try peer.echoes("still here"))
        await server.drain(within: .zero)
    }

    @Test func closeDelayed() async throws {
        let (server, peer, _) = try await connected()
        peer.endOutput()
        let report = await server.drain(within: .seconds(60))
        #expect(report.aborted == 0)
    }

    @Test func create() async throws {
        let host = EchoHost.host()
        let server = SocketServer([host])
        #expect(server.state == .idle)
    }

    @Test func destroy() async throws {
        let server = try await listening()
        await server.drain()
        #expect(server.state == .ended)
    }

    @Test func isClient() async throws {
        let (server, peer, handle) = try await connected()
        let isHere = server.clients.isClient(handle)
        #expect(isHere)
        peer.endOutput()
        await server.drain(within: .zero)
    }

    @Test func listen() async throws {
        let server = SocketServer([EchoHost.host()])
        let listeners = try await server.listen()
        #expect(listeners.count == 1)
        await server.drain()
    }

    @Test func messageLoop() async throws {
        let server = SocketServer([EchoHost.host()])
        let listening = server.next(.listening)
        let serving = Task {
            try await server.run()
        }
        await listening.value
        serving.cancel()
        try await serving.value
        #expect(server.state == .ended)
    }

    /// A server on a loop of the caller.
    func listening(on loop: borrowing CallerLoop) async throws -> SocketServer {
        var options = SocketServer.Options()
        options.loops = .shared(loop.group)
        return try await listening(options: options)
    }

    @Test func messagePump() async throws {
        var loop = try CallerLoop()
        let server = try await listening(on: loop)
        let peer = try server.connect()
        try peer.send("hello")
        try waitUntil("the client") {
            loop.turn(upTo: .milliseconds(10))
            return server.clients.count == 1
        }
        await server.drain(within: .zero)
    }

    @Test func processMessage() async throws {
        var loop = try CallerLoop()
        let server = try await listening(on: loop)
        let peer = try server.connect()
        try waitUntil("the client") {
            loop.turn(upTo: .zero)
            return server.clients.count == 1
        }
        _ = peer
        await server.drain(within: .zero)
    }

    @Test func processMessages() async throws {
        var loop = try CallerLoop()
        let server = try await listening(on: loop)
        let peer = try server.connect()
        loop.run { server.clients.count == 1 }
        _ = peer
        await server.drain(within: .zero)
    }

    @Test func release() async throws {
        let server = try await listening(
            .serve { client in
                client.send("bye")
                return .close
            })
        #expect(try server.connect().receiveAll() == Array("bye".utf8))
        await server.drain()
    }

    @Test func threadAttach() async throws {
        let loop = try CallerLoop()
        var options = SocketServer.Options()
        options.loops = .shared(loop.group)
        let server = try await listening(options: options)
        #expect(server.state == .listening)
        await server.drain()
    }

    @Test func threadDetach() async throws {
        let loop = try CallerLoop()
        let server = try await listening(on: loop)
        await server.drain()
        #expect(server.state == .ended)
    }
}
