import HandlerAPI
import NetworkTypes
import TestSupport
import Testing

@testable import SocketServer

/// Each field of the client in each event: what is true when the event happens.
@Suite struct EventFieldTests {
    private struct Oops: Error {}

    /// What differs between the events of one client.
    private struct Moment: Equatable {
        var word: String
        var phase: ClientInfo.Phase
        var hostTag: String?
        var serverName: String?
        var tls: String?
        var hasCipher = false
        var bytesIn: UInt64 = 0
        var bytesOut: UInt64 = 0
    }

    /// The events of one client, in order, up to the one with this word.
    private func infos(
        _ server: SocketServer, _ events: SocketServer.Events, until last: String
    ) async -> [(word: String, info: ClientInfo)] {
        var infos: [(word: String, info: ClientInfo)] = []
        for await event in events {
            switch event {
            case .accepted(let client): infos.append(("accepted", client))
            case .connected(let client): infos.append(("connected", client))
            case .disconnected(let client, _): infos.append(("disconnected", client))
            case .refused(let client, _): infos.append(("refused", client))
            case .handshakeFailed(let client, _): infos.append(("handshakeFailed", client))
            case .handlerFailed(let client, _): infos.append(("handlerFailed", client))
            default: break
            }
            if infos.last?.word == last { break }
        }
        return infos
    }

    /// The events of a client, after checks of what is the same in all of them.
    private func moments(
        _ server: SocketServer, _ events: SocketServer.Events, of port: UInt16, listener: Int = 0,
        until last: String = "disconnected"
    ) async throws -> [Moment] {
        let infos = await infos(server, events, until: last)
        let first = try #require(infos.first?.info)
        let listener = server.listeners[listener]
        let loopback = try #require(IPAddress("127.0.0.1"))
        var before = Duration.zero
        for info in infos.map(\.info) {
            #expect(info.id == first.id)
            #expect(info.remoteAddress == SocketAddress(loopback, port: port))
            // The listener is on all addresses.
            #expect(
                info.localAddress
                    == SocketAddress(loopback, port: listener.address?.port ?? 0))
            #expect(info.listener.id == listener.id)
            #expect(info.listener.address == listener.address)
            #expect(info.listener.isTLS == listener.isTLS)
            #expect(info.since == first.since)
            #expect(info.duration >= before)
            before = info.duration
        }
        #expect((first.since...first.since + 3_600).contains(WallClock.secondsSince1970))
        return infos.map { word, info in
            Moment(
                word: word, phase: info.phase, hostTag: info.hostTag,
                serverName: info.serverName, tls: info.tlsVersion,
                hasCipher: info.tlsCipher?.hasPrefix("TLS_") == true, bytesIn: info.bytesIn,
                bytesOut: info.bytesOut)
        }
    }

    private func host(_ handler: HandlerSource) -> IcsHost {
        var host = IcsHost(["a.test"], on: ["0.0.0.0"], plain: 0, ssl: 0, handler: handler)
        host.tag = "a"
        return host
    }

    private func start(
        _ handler: HandlerSource, options: SocketServer.Options = .init()
    ) async throws -> (SocketServer, SocketServer.Events) {
        let server = SocketServer([host(handler)], options: options)
        try await server.listen()
        return (server, server.events())
    }

    @Test(arguments: [false, true])
    func aPlainClient(_ startsAtRest: Bool) async throws {
        let (server, events) = try await start(startsAtRest ? .named("echo") : EchoHost.echo)
        let client = try server.connect()
        let port = client.localPort
        // The first byte comes when the client rests.
        let first = await infos(server, events, until: "connected")
        #expect(first.map(\.info.phase) == [.accepted, startsAtRest ? .resting : .serving])
        #expect(first.map(\.info.hostTag) == [nil, "a"])
        #expect(try client.echoes("hello"))
        client.endOutput()
        let moments = try await moments(server, events, of: port)
        #expect(
            moments == [
                Moment(
                    word: "disconnected", phase: .closed, hostTag: "a", bytesIn: 5, bytesOut: 5)
            ])
        await server.drain(within: .zero)
    }

    @Test func aTLSClient() async throws {
        let (server, events) = try await start(EchoHost.echo)
        let plain = try server.connect(to: 1)
        let port = plain.localPort
        let client = try TLSClient(over: plain, name: "a.test", version: .tls13)
        #expect(try client.echoes("hello"))
        client.endOutput()
        var connected = Moment(
            word: "connected", phase: .serving, hostTag: "a", serverName: "a.test",
            tls: "TLSv1.3", hasCipher: true)
        let accepted = Moment(word: "accepted", phase: .accepted)
        var all = [accepted, connected]
        (connected.word, connected.phase) = ("disconnected", .closed)
        (connected.bytesIn, connected.bytesOut) = (5, 5)
        all.append(connected)
        #expect(try await moments(server, events, of: port, listener: 1) == all)
        await server.drain(within: .zero)
    }

    @Test func aRefusedClient() async throws {
        var options = SocketServer.Options()
        options.admits = { _, _ in false }
        let (server, events) = try await start(EchoHost.echo, options: options)
        for listener in 0..<2 {
            let client = try server.connect(to: listener)
            let port = client.localPort
            _ = try client.receiveToEnd()
            let moments = try await moments(
                server, events, of: port, listener: listener, until: "refused")
            #expect(
                moments == [
                    Moment(word: "accepted", phase: .accepted),
                    Moment(word: "refused", phase: .closing),
                ])
        }
        await server.drain(within: .zero)
    }

    @Test func aClientWithAnUnknownName() async throws {
        var options = SocketServer.Options()
        options.unknownServerName = .reject
        let (server, events) = try await start(EchoHost.echo, options: options)
        let plain = try server.connect(to: 1)
        let port = plain.localPort
        #expect(throws: (any Error).self) { try TLSClient(over: plain, name: "b.test") }
        plain.close()
        let moments = try await moments(
            server, events, of: port, listener: 1, until: "refused")
        #expect(
            moments == [
                Moment(word: "accepted", phase: .accepted),
                Moment(word: "refused", phase: .closing, serverName: "b.test"),
            ])
        await server.drain(within: .zero)
    }

    @Test(arguments: [false, true])
    func aHandshakeThatFails(_ breaksOff: Bool) async throws {
        let (server, events) = try await start(EchoHost.echo)
        let client = try server.connect(to: 1)
        let port = client.localPort
        if breaksOff { client.close() } else { try client.send("GET / HTTP/1.1\r\n\r\n") }
        let moments = try await moments(
            server, events, of: port, listener: 1, until: "handshakeFailed")
        #expect(
            moments == [
                Moment(word: "accepted", phase: .accepted),
                Moment(word: "handshakeFailed", phase: breaksOff ? .closed : .closing),
            ])
        client.close()
        await server.drain(within: .zero)
    }

    @Test func anUpgradeThatFails() async throws {
        let handler = HandlerSource.serve { client in
            _ = try await client.readLine()
            try await client.write("go ahead\n")
            try await client.startTLS()
        }
        var host = host(handler)
        host.offersUpgrade = true
        let server = SocketServer([host])
        try await server.listen()
        let events = server.events()
        let client = try server.connect()
        let port = client.localPort
        try client.send("STARTTLS\n")
        #expect(try client.receive("go ahead\n"))
        try client.send("no handshake at all\n")
        client.endOutput()
        _ = try client.receiveToEnd()
        let moments = try await moments(server, events, of: port)
        #expect(
            moments.map(\.word) == [
                "accepted", "connected", "handshakeFailed", "disconnected",
            ])
        #expect(moments.map(\.phase) == [.accepted, .serving, .closing, .closed])
        #expect(moments.map(\.hostTag) == [nil, "a", "a", "a"])
        #expect(moments.allSatisfy { $0.tls == nil && !$0.hasCipher })
        #expect(moments.map(\.bytesIn) == [0, 0, 9, 9])
        await server.drain(within: .zero)
    }

    @Test func anUpgradeThatSucceeds() async throws {
        let handler = HandlerSource.serve { client in
            try await client.startTLS()
            try await client.write("safe\n")
        }
        var host = host(handler)
        host.offersUpgrade = true
        let server = SocketServer([host])
        try await server.listen()
        let events = server.events()
        let plain = try server.connect()
        let port = plain.localPort
        let client = try TLSClient(over: plain, name: "a.test", version: .tls13)
        #expect(try client.receiveText() == "safe\n")
        client.close()
        let moments = try await moments(server, events, of: port)
        #expect(moments.map(\.tls) == [nil, nil, "TLSv1.3"])
        #expect(moments.map(\.serverName) == [nil, nil, "a.test"])
        #expect(moments.map(\.phase) == [.accepted, .serving, .closed])
        #expect(moments.map(\.bytesOut) == [0, 0, 5])
        await server.drain(within: .zero)
    }

    @Test(arguments: [0, 1])
    func aHandlerThatFails(_ listener: Int) async throws {
        let (server, events) = try await start(
            .serve { client in
                _ = try await client.readLine()
                throw Oops()
            })
        let plain = try server.connect(to: listener)
        let port = plain.localPort
        let client: any TestClient =
            listener == 0 ? plain : try TLSClient(over: plain, name: nil, version: .tls13)
        try client.send("a\n")
        let moments = try await moments(server, events, of: port, listener: listener)
        #expect(
            moments.map(\.word) == ["accepted", "connected", "handlerFailed", "disconnected"])
        #expect(moments.map(\.phase) == [.accepted, .serving, .closing, .closed])
        #expect(moments.map(\.bytesIn) == [0, 0, 2, 2])
        let tls = listener == 0 ? nil : "TLSv1.3"
        #expect(moments.map(\.tls) == [nil, tls, tls, tls])
        withExtendedLifetime(client) {}
        await server.drain(within: .zero)
    }
}
