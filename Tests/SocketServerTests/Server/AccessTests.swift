import HandlerAPI
import NetworkTypes
import TestSupport
import Testing

@testable import SocketServer

/// Who may connect, by `AllowFrom` and `DenyFrom` in code.
@Suite struct AccessTests {
    /// Whether a client is served whose address ends with a number.
    private func serves(_ server: SocketServer, from source: UInt8, listener: Int = 0) throws
        -> Bool
    {
        let client = try PlainClient(
            to: "127.0.0.1", port: server.listeners[listener].address?.port ?? 0, from: source)
        defer { client.close() }
        // A client that is reset may not even send.
        guard (try? client.send("hi")) != nil, let bytes = try? client.receive(atLeast: 2) else {
            return false
        }
        #expect(bytes == Array("hi".utf8), "no banner for who is refused")
        return true
    }

    @Test(
        arguments: [
            (["127.0.0.2"], [], [2]),
            ([], ["127.0.0.2"], [1, 3, 4]),
            (["127.0.0.0/30"], ["127.0.0.2"], [1, 3]),
            (["127.0.0.2"], ["127.0.0.0/8"], [2]),
            (["127.0.0.2"], ["127.0.0.2/32"], []),
            (["::ffff:127.0.0.2", "::1"], [], [2]),
            ([], ["::ffff:127.0.0.0/127"], [2, 3, 4]),
        ] as [([String], [String], [UInt8])])
    func theLongestNetworkDecides(
        _ allowed: [String], _ denied: [String], _ served: [UInt8]
    ) async throws {
        for isOfServer in [true, false] {
            var (options, host) = (SocketServer.Options(), EchoHost.host())
            if isOfServer {
                (options.allowedClients, options.deniedClients) = (allowed, denied)
            } else {
                (host.allowedClients, host.deniedClients) = (allowed, denied)
            }
            let server = SocketServer([host], options: options)
            try await server.listen()
            for source in [1, 2, 3, 4] as [UInt8] {
                #expect(try serves(server, from: source) == served.contains(source), "\(source)")
            }
            #expect(server.numbers.refused == 4 - served.count)
            await server.drain(within: .zero)
        }
    }

    @Test func aClientNeedsBothServerAndHost() async throws {
        var options = SocketServer.Options()
        options.deniedClients = ["127.0.0.2"]
        var first = EchoHost.host(tag: "a")
        first.allowedClients = ["127.0.0.2", "127.0.0.3"]
        let server = SocketServer([first, EchoHost.host(tag: "b")], options: options)
        try await server.listen()
        #expect(try !serves(server, from: 2))
        #expect(try serves(server, from: 3))
        #expect(try !serves(server, from: 4))
        #expect(try !serves(server, from: 2, listener: 1))
        #expect(try serves(server, from: 4, listener: 1))
        await server.drain(within: .zero)
    }

    @Test func clientsOfIPv6AreJudged() async throws {
        for (list, isServed) in [("::1", false), ("::2/127", true)] {
            var host = EchoHost.host()
            (host.addresses, host.deniedClients) = (["::1"], [list])
            let server = SocketServer([host])
            try await server.listen()
            let port = server.listeners[0].address?.port ?? 0
            let client = try PlainClient(to: "::1", port: port)
            #expect((try? client.echoes("hi")) ?? false == isServed)
            await server.drain(within: .zero)
        }
    }

    @Test func aRefusalIsAnEvent() async throws {
        var host = EchoHost.host()
        host.allowedClients = ["192.0.2.0/24"]
        let server = SocketServer([host])
        let events = server.events()
        try await server.listen()
        #expect(try !serves(server, from: 7))
        for await event in events {
            guard case .refused(let client, let reason) = event else { continue }
            #expect(reason == .addressDenied)
            #expect(client.remoteAddress.ip.description == "127.0.0.7")
            break
        }
        await server.drain(within: .zero)
    }

    @Test func otherListsKeepConnectedClients() async throws {
        let server = SocketServer([EchoHost.host(tag: "a")])
        try await server.listen()
        let early = try server.connect()
        #expect(try early.echoes("before"))
        var host = EchoHost.host(tag: "a")
        host.deniedClients = ["127.0.0.1"]
        try await server.apply([host])
        #expect(try !serves(server, from: 1))
        #expect(try serves(server, from: 2))
        #expect(try early.echoes("after"))
        var options = SocketServer.Options()
        options.deniedClients = ["127.0.0.2"]
        try await server.apply([EchoHost.host(tag: "a")], options: options)
        #expect(try serves(server, from: 1))
        #expect(try !serves(server, from: 2))
        #expect(try early.echoes("still"))
        try await server.apply([EchoHost.host(tag: "a")], options: SocketServer.Options())
        #expect(try serves(server, from: 2))
        await server.drain(within: .zero)
    }

    @Test func aListMayBeAFile() async throws {
        let directory = try TemporaryDirectory()
        var options = SocketServer.Options()
        options.deniedClients = ["file:\(directory("list"))"]
        let server = SocketServer([EchoHost.host()], options: options)
        await #expect(throws: ListenError.self) { try await server.listen() }
        #expect(server.lastError?.contains("there is no such file") == true)
        try directory.write("127.0.0.2\n127.0.0.1/8\n", to: "list")
        await #expect(throws: ListenError.self) { try await server.listen() }
        #expect(server.lastError?.contains("\(directory("list")):2:1: ") == true)
        try directory.write("127.0.0.2\n", to: "list")
        try await server.listen()
        #expect(try serves(server, from: 1))
        #expect(try !serves(server, from: 2))
        try directory.write("127.0.0.1\n", to: "list")
        try waitUntil("the list is read again") { try !serves(server, from: 1) }
        #expect(try serves(server, from: 2))
        // A bad one changes nothing.
        try directory.write("127.0.0.1\n127.0.0.2\nx\n", to: "list")
        try directory.write("127.0.0.3\n", to: "list")
        try waitUntil("the list is read again") { try serves(server, from: 1) }
        #expect(try !serves(server, from: 3))
        await server.drain(within: .zero)
    }
}
