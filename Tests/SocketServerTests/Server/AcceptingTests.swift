import NetworkTypes
import Platform
import Serving
import TestSupport
import Testing

@testable import SocketServer

/// Which clients are accepted, and when.
@Suite struct AcceptingTests {
    @Test func aPausedListenerAcceptsNobody() async throws {
        let server = SocketServer([EchoHost.host(tag: "a"), EchoHost.host(tag: "b")])
        try await server.listen()
        let early = try server.connect()
        #expect(try early.echoes("before"))
        let listener = server.listeners[0]
        listener.pause()
        #expect(listener.isPaused)
        // All loops have stopped: their inboxes are served in order.
        await pass(server)
        // The kernel accepts it, the server does not.
        let late = try server.connect()
        try late.send("late")
        #expect(try early.echoes("still here"))
        #expect(try server.connect(to: 1).echoes("another listener"))
        #expect(server.numbers.accepted == 2)
        #expect(try late.receiveNow() == nil)
        listener.resume()
        #expect(try late.receive("late"))
        await server.drain(within: .zero)
    }

    /// Waits until every loop has done what was posted to it so far.
    private func pass(_ server: SocketServer) async {
        guard let engine = server.control?.server else { return }
        for number in 0..<engine.loopCount {
            await withCheckedContinuation { waiting in
                engine.clients(ofLoop: number, from: 0, .id(0)) { _, next in
                    if next == nil { waiting.resume() }
                }
            }
        }
    }

    @Test func aListenerHasADescriptorAsLongAsItIsOpen() async throws {
        let server = SocketServer([EchoHost.host()])
        let listener = try #require(try await server.listen().first)
        #expect(listener.descriptor != nil)
        await server.drain()
        #expect(listener.descriptor == nil)
    }

    @Test func theProgramDecidesWhoIsAdmitted() async throws {
        let asked = Lock<[(SocketAddress, SocketServer.Listener)]>([])
        var options = SocketServer.Options()
        options.admits = { address, listener in
            asked.withLock {
                $0.append((address, listener))
                return $0.count > 1
            }
        }
        let server = SocketServer([EchoHost.host()], options: options)
        let listener = try #require(try await server.listen().first)
        let first = try server.connect()
        #expect(try first.receiveToEnd().bytes.isEmpty)
        #expect(try server.connect().echoes("hello"))
        #expect(asked.withLock { $0.map(\.1) } == [listener, listener])
        #expect(asked.withLock { $0[0].0.description.hasPrefix("127.0.0.1:") })
        #expect(server.numbers.refused == 1)
        await server.drain(within: .zero)
    }

    @Test func clientsBeyondTheLimitGetALine() async throws {
        var options = SocketServer.Options()
        (options.maxClients, options.bannerTooBusy) = (1, "busy")
        options.banner = "welcome"
        let server = SocketServer([EchoHost.host()], options: options)
        try await server.listen()
        let first = try server.connect()
        #expect(try first.receive("welcome\r\n"))
        #expect(try server.connect().receiveText() == "busy\r\n")
        await server.drain(within: .zero)
    }

    @Test func oneTextNamesAddressAndPort() async throws {
        let directory = try TemporaryDirectory()
        let server = SocketServer(
            listen: "*:0", "unix:\(directory("a.sock"))", "[::1]:0"
        ) { client in
            try await client.write("hello\n")
            return .close
        }
        let listeners = try await server.listen()
        #expect(Set(listeners.map { $0.address?.port != nil }) == [true, false])
        #expect(listeners.count == 4)
        for listener in listeners {
            guard let address = listener.address else { continue }
            let host = address.ip.family == .v4 ? "127.0.0.1" : "::1"
            #expect(try PlainClient(to: host, port: address.port).receiveText() == "hello\n")
        }
        await server.drain()
    }
}
