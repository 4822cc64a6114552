import NetworkTypes
import Platform
import TestSupport
import Testing

@testable import SocketServer

/// Clients behind a load balancer that says their addresses (`ProxyProtocol`).
@Suite struct ProxyProtocolTests {
    private static let line = "PROXY TCP4 192.0.2.1 192.0.2.2 4711 80\r\n"
    /// Says who the client is, then sends back what it gets.
    private static let whoami: HandlerSource = .serve { client in
        let via = client.via
        client.send(
            "\(client.remoteAddress) \(client.localAddress) \(via?.address.ip.description ?? "-") "
                + (via?.fields.map { "\($0.type)=\($0.value.count)" }.joined(separator: ",") ?? "-")
                + "\n")
        try await client.flush()
        while try await client.read({ client.send($0) }) { try await client.flush() }
        return .close
    }

    private static func binary(_ body: [UInt8], command: UInt8 = 0x21, family: UInt8 = 0x11)
        -> [UInt8]
    {
        [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, command, family]
            + [UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
    }
    private static let addresses: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0x12, 0x67, 0, 80]

    private func server(
        _ mode: IcsHost.ProxyProtocol = .require, trusted: [String] = ["127.0.0.1"],
        _ handler: HandlerSource = whoami, change: (inout SocketServer.Options) -> Void = { _ in }
    ) async throws -> SocketServer {
        var host = EchoHost.host(handler, tag: "a")
        host.proxyProtocol = mode
        host.trustedProxies = trusted
        host.sslPort = 0
        host.certificate = .selfMade
        var options = SocketServer.Options()
        change(&options)
        let server = SocketServer([host], options: options)
        try await server.listen()
        return server
    }

    private static let proxied = "192.0.2.1:4711 192.0.2.2:80 127.0.0.1 "

    @Test(arguments: [
        (Array(line.utf8), proxied + "\n"),
        (binary(addresses), proxied + "\n"),
        (binary(addresses + [2, 0, 1, 65, 0xE0, 0, 2, 1, 2]), proxied + "2=1,224=2\n"),
    ]) func theAddressOfTheHeaderIsTheClients(_ header: [UInt8], _ answer: String) async throws {
        let server = try await server()
        // With what follows in the same segment, and one byte at a time.
        let whole = try server.connect()
        try whole.send(header + Array("hello".utf8))
        #expect(try whole.receive(answer + "hello"))
        let slow = try server.connect()
        for byte in header {
            try slow.send([byte])
            try waitUntil("the byte has arrived") { try slow.isSendQueueEmpty }
        }
        #expect(try slow.receive(answer))
        #expect(try slow.echoes("more"))
        await server.drain(within: .zero)
    }

    /// TLS begins behind the header, in the same segment or later.
    @Test func tlsFollowsTheHeader() async throws {
        let server = try await server()
        let port = try #require(server.listeners.first { $0.isTLS }?.address?.port)
        let socket = try PlainClient(to: "127.0.0.1", port: port)
        try socket.send(Self.line)
        let client = try TLSClient(over: socket, name: "a.test")
        #expect(try client.receive(Self.proxied + "\n"))
        #expect(try client.echoes("hello"))
        // No header, but a ClientHello.
        #expect(throws: (any Error).self) {
            try TLSClient(to: "127.0.0.1", port: port, name: "a.test")
        }
        await server.drain(within: .zero)
    }

    /// A built-in handler whose clients rest, with its first bytes behind the header.
    @Test func clientsAtRestAreServed() async throws {
        let server = try await server(.require, .named("echo"))
        let client = try server.connect()
        try client.send(Self.line + "hello")
        #expect(try client.receive("hello"))
        let silent = try server.connect()
        try silent.send(Self.line)
        while server.numbers.accepted < 2 { await Task.yield() }
        #expect(try silent.echoes("later"))
        await server.drain(within: .zero)
    }

    /// The balancer's own connections have its own address.
    @Test(arguments: [
        Array("PROXY UNKNOWN\r\n".utf8), binary([], command: 0x20, family: 0),
        binary(addresses, command: 0x20),
    ]) func checksOfTheBalancerAreServed(_ header: [UInt8]) async throws {
        let server = try await server()
        let client = try server.connect()
        try client.send(header + Array("x".utf8))
        let text = String(decoding: try client.receive(atLeast: 20), as: UTF8.self)
        #expect(text.hasPrefix("127.0.0.1:") && text.contains(" - -\n"))
        await server.drain(within: .zero)
    }

    @Test(arguments: [
        Array("GET / HTTP/1.1\r\n\r\n".utf8), Array("PROXY TCP4 1 2 3 4\r\n".utf8),
        binary(addresses, command: 0x11), binary([1, 2, 3]), binary(addresses + [2, 0, 9, 1]),
    ]) func aWrongHeaderIsRefused(_ bytes: [UInt8]) async throws {
        let refused = Lock<[CloseReason]>([])
        let server = try await server()
        let events = server.events().makeAsyncIterator()
        let client = try server.connect()
        try client.send(bytes)
        #expect(try client.receiveToEnd().bytes == [])
        while let event = await events.next() {
            guard case .refused(_, let reason) = event else { continue }
            refused.withLock { $0.append(reason) }
            break
        }
        #expect(refused.withLock { $0 } == [.proxyHeader])
        await server.drain(within: .zero)
    }

    /// Each truncation ends without an answer, and leaves nothing behind.
    @Test func truncatedHeadersLeaveNothing() async throws {
        let server = try await server()
        let headers = [
            Array(Self.line.utf8), Self.binary(Self.addresses + [2, 0, 1, 65]),
        ]
        for header in headers {
            for count in 0..<header.count {
                let client = try server.connect()
                try client.send(Array(header.prefix(count)))
                client.endOutput()
                #expect(try client.receiveToEnd().bytes == [])
            }
        }
        while server.numbers.clients > 0 { await Task.yield() }
        await server.drain(within: .zero)
    }

    @Test func strangersMayNotSpoof() async throws {
        let required = try await server(.require, trusted: ["127.0.0.2", "10.0.0.0/8"])
        let stranger = try required.connect()
        try? stranger.send(Self.line + "x")
        #expect((try? stranger.receiveToEnd())?.bytes ?? [] == [])
        await required.drain(within: .zero)
        // Where a header is optional, one of a stranger is what a client sends.
        let optional = try await server(.optional, trusted: ["127.0.0.2"])
        let client = try optional.connect()
        try client.send(Self.line)
        let text = String(
            decoding: try client.receive(atLeast: Self.line.utf8.count + 20), as: UTF8.self)
        #expect(text.hasPrefix("127.0.0.1:") && text.contains(" - -\n"))
        await optional.drain(within: .zero)
    }

    /// The accept filter of a program is asked about the client, not about the balancer.
    @Test func theProgramIsAskedAboutTheClient() async throws {
        let asked = Lock<[String]>([])
        let server = try await server {
            $0.admits = { address, _ in
                asked.withLock { $0.append("\(address)") }
                return address.port != 4_712
            }
        }
        let client = try server.connect()
        try client.send(Self.line)
        #expect(try client.receive(Self.proxied + "\n"))
        let other = try server.connect()
        try other.send(Self.line.replacing("4711", with: "4712"))
        #expect((try? other.receiveToEnd())?.bytes ?? [] == [])
        #expect(asked.withLock { $0 } == ["192.0.2.1:4711", "192.0.2.1:4712"])
        await server.drain(within: .zero)
    }

    /// Lists judge the client, and not the balancer, which none of them has.
    @Test func listsJudgeTheClient() async throws {
        let server = try await server { $0.allowedClients = ["192.0.2.0/24"] }
        let client = try server.connect()
        try client.send(Self.line)
        #expect(try client.receive(Self.proxied + "\n"))
        let other = try server.connect()
        try other.send(Self.line.replacing("192.0.2.1", with: "198.51.100.1"))
        #expect((try? other.receiveToEnd())?.bytes ?? [] == [])
        // Nobody is said, so the balancer is the client.
        let check = try server.connect()
        try check.send("PROXY UNKNOWN\r\n")
        #expect((try? check.receiveToEnd())?.bytes ?? [] == [])
        await server.drain(within: .zero)
    }

    @Test func eachClientKnowsTheBalancer() async throws {
        let server = try await server()
        let client = try server.connect()
        try client.send(Self.line)
        #expect(try client.receive(Self.proxied + "\n"))
        var infos: [ClientInfo] = []
        for await handle in server.clients { infos.append(try #require(await handle.info())) }
        #expect(infos.map { "\($0.remoteAddress)" } == ["192.0.2.1:4711"])
        #expect(infos.map { $0.via?.ip } == [IPAddress("127.0.0.1")])
        await server.drain(within: .zero)
    }

    @Test func aRuleWithoutTrustIsAMistake() async {
        await #expect(throws: (any Error).self) { try await server(.require, trusted: []) }
    }
}
