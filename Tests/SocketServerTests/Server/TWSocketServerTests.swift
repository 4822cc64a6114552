import Glibc
import Platform
import TestSupport
import Testing

@testable import SocketServer

/// The lines of docs/TWSOCKETSERVER.md, each in a test that is named after the item of its row.
@Suite struct TWSocketServerTests {
    let echo = EchoHost.echo

    /// A server that listens on a free port of 127.0.0.1.
    func listening(
        _ handler: HandlerSource = EchoHost.echo, options: SocketServer.Options = .init()
    ) async throws -> SocketServer {
        let server = SocketServer([EchoHost.host(handler)], options: options)
        try await server.listen()
        return server
    }

    /// A server with a client, and that client's handle.
    func connected(
        _ prepare: @escaping @Sendable (Client) -> Void = { _ in }
    ) async throws -> (server: SocketServer, peer: PlainClient, handle: ClientHandle) {
        let server = try await listening(
            .serve { client in
                prepare(client)
                while try await client.read({ client.send($0) }) {}
                return .close
            })
        let peer = try server.connect()
        #expect(try peer.echoes("hello"))
        for await handle in server.clients { return (server, peer, handle) }
        throw ClientError.cancelled
    }

    @Test func addr() async throws {
        let host = IcsHost(on: ["127.0.0.1"], plain: 0, handler: echo)
        let server = SocketServer([host])
        #expect(try await server.listen()[0].name.hasPrefix("127.0.0.1:"))
        await server.drain()
    }

    @Test func banner() async throws {
        var options = SocketServer.Options()
        options.banner = "220 ready"
        let server = try await listening(options: options)
        #expect(try server.connect().receive("220 ready\r\n"))
        await server.drain(within: .zero)
    }

    @Test func bannerTooBusy() async throws {
        var options = SocketServer.Options()
        options.maxClients = 1
        options.bannerTooBusy = "421 too many users"
        let server = try await listening(options: options)
        let peer = try server.connect()
        #expect(try peer.echoes("here"))
        #expect(try server.connect().receive("421 too many users\r\n"))
        await server.drain(within: .zero)
    }

    @Test func client() async throws {
        let (server, peer, handle) = try await connected()
        let found = await server.clients[handle.id]
        #expect(found == handle)
        peer.endOutput()
        await server.drain(within: .zero)
    }

    private struct Visit: Sendable, Equatable {
        let name: String
    }

    @Test func clientClass() async throws {
        let (server, peer, handle) = try await connected { client in
            client[Visit.self] = Visit(name: "Ann")
        }
        #expect(await handle.state(Visit.self) == Visit(name: "Ann"))
        peer.endOutput()
        await server.drain(within: .zero)
    }

    @Test func clientCount() async throws {
        let (server, peer, _) = try await connected()
        let count = server.clients.count
        #expect(count == 1)
        peer.endOutput()
        await server.drain(within: .zero)
    }

    @Test func handle() async throws {
        let group = try LoopGroup(count: 1)
        let task = Task(executorPreference: group.executors[0]) { 6 * 7 }
        #expect(await task.value == 42)
    }

    @Test func hSocket() async throws {
        let server = try await listening()
        let descriptor = server.listeners[0].descriptor
        #expect(fcntl(try #require(descriptor), F_GETFD) >= 0)
        await server.drain()
    }

    @Test func icsHosts() async throws {
        let server = try await listening()
        let (hello, other) = (EchoHost.host(tag: "hello"), EchoHost.host(tag: "other"))
        try await server.apply([hello, other])
        #expect(server.hosts.map(\.tag) == ["hello", "other"])
        await server.drain(within: .zero)
    }

    @Test func lastError() async throws {
        let server = SocketServer([IcsHost(on: ["192.0.2.1"], plain: 0, handler: echo)])
        await #expect(throws: ListenError.self) { try await server.listen() }
        let text = server.lastError
        #expect(text?.contains("192.0.2.1") == true)
    }

    @Test func listenBacklog() async throws {
        var options = SocketServer.Options()
        options.listenBacklog = 64
        let server = try await listening(options: options)
        #expect(try server.connect().echoes("here"))
        await server.drain(within: .zero)
    }

    @Test func maxClients() async throws {
        var options = SocketServer.Options()
        options.maxClients = 1
        let server = try await listening(options: options)
        let peer = try server.connect()
        #expect(try peer.echoes("here"))
        _ = try server.connect().receiveAll()
        #expect(server.numbers.refused == 1)
        await server.drain(within: .zero)
    }

    @Test func multiListenSockets() async throws {
        let server = SocketServer([EchoHost.host(tag: "a"), EchoHost.host(tag: "b")])
        try await server.listen()
        let ports = server.listeners.map(\.address?.port)
        #expect(ports.count == Set(ports).count && !ports.isEmpty)
        await server.drain()
    }

    @Test func multiListenIndex() async throws {
        let indexes = Lock<[Int]>([])
        let (server, peer, _) = try await connected { client in
            let index = client.info.listener.id
            indexes.withLock { $0.append(index) }
        }
        #expect(indexes.withLock { $0 } == [server.listeners[0].id])
        peer.endOutput()
        await server.drain(within: .zero)
    }

    @Test func port() {
        let port: Port = "https"
        #expect("\(port)".contains("https"))
    }

    @Test func portNum() async throws {
        let server = try await listening()
        let number = server.listeners[0].address?.port
        #expect(try #require(number) > 0)
        await server.drain()
    }

    @Test func proto() async throws {
        let directory = try TemporaryDirectory()
        let path = directory("echo.sock")
        let local = IcsHost(on: ["unix:\(path)"], handler: echo)
        let server = SocketServer([local])
        #expect(try await server.listen()[0].name == "unix:\(path)")
        await server.drain()
    }

    @Test func socketFamily() async throws {
        let both = IcsHost(on: ["127.0.0.1", "::1"], plain: 0, handler: echo)
        let server = SocketServer([both])
        #expect(try await server.listen().count == 2)
        await server.drain()
    }

    @Test func sslEnable() async throws {
        let secure = IcsHost(on: ["127.0.0.1"], ssl: 0, handler: echo)
        let server = SocketServer([secure])
        #expect(try await server.listen()[0].isTLS)
        await server.drain()
    }

    @Test func sslContext() async throws {
        let directory = try TemporaryDirectory()
        let pair = try Certificates(in: directory).pair("a.test")
        var secure = IcsHost(["a.test"], on: ["127.0.0.1"], ssl: 0, handler: echo)
        secure.certificate = .files(pair.certificate, key: pair.key)
        let server = SocketServer([secure])
        let port = try #require(try await server.listen()[0].address?.port)
        let peer = try TLSClient(to: "127.0.0.1", port: port, name: "a.test")
        #expect(peer.serverCertificate.contains("a.test"))
        await server.drain(within: .zero)
    }

    @Test func state() async throws {
        let server = try await listening()
        let state = server.state
        #expect(state == .listening)
        await server.drain()
    }
}
