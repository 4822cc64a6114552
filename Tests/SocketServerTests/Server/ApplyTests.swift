import NetworkTypes
import Platform
import TestSupport
import Testing

@testable import SocketServer

/// Other hosts for a server that runs.
@Suite struct ApplyTests {
    @Test func unchangedHostsKeepTheirClients() async throws {
        let kept = EchoHost.host(tag: "kept")
        let server = SocketServer([kept, EchoHost.host(tag: "gone")])
        try await server.listen()
        let port = server.listeners[0].address?.port
        let client = try server.connect()
        #expect(try client.echoes("before"))
        let added = EchoHost.host(EchoHost.greeting("new"), tag: "added")
        let reports = try await server.apply([kept, added])
        #expect(reports.map(\.tag) == ["kept", "added"])
        #expect(reports.map(\.state) == [.up, .up])
        #expect(reports[0].clients == 1)
        #expect(server.listeners[0].address?.port == port)
        #expect(try client.echoes("after"))
        #expect(try server.connect(to: 1).receive("new\n"))
        await server.drain(within: .zero)
    }

    @Test func aChangedHostServesNewClients() async throws {
        let port = try ReservedPort()
        let server = SocketServer([
            EchoHost.host(EchoHost.greeting("old"), tag: "a", port: .number(port.number))
        ])
        try await server.listen()
        let old = try server.connect()
        #expect(try old.receive("old\n"))
        try await server.apply([
            EchoHost.host(EchoHost.greeting("new"), tag: "a", port: .number(port.number))
        ])
        #expect(try server.connect().receive("new\n"))
        // The drain time-out of the host is an hour.
        #expect(try old.echoes("still here"))
        await server.drain(within: .zero)
    }

    @Test func aHostThatFailsKeepsItsPreviousSettings() async throws {
        let (mine, other) = (try ReservedPort(), try ReservedPort(isListening: true))
        let server = SocketServer([
            EchoHost.host(tag: "a", port: .number(mine.number)), EchoHost.host(tag: "b"),
        ])
        try await server.listen()
        let client = try server.connect()
        #expect(try client.echoes("before"))
        let reports = try await server.apply([
            EchoHost.host(tag: "a", port: .number(other.number)), EchoHost.host(tag: "b"),
        ])
        #expect(reports[0].state == .degraded)
        #expect(reports[0].isOutdated)
        #expect(reports[0].reasons[0].contains("keeps its previous settings"))
        #expect(try client.echoes("after"))
        #expect(try server.connect().echoes("new clients, too"))
        await server.drain(within: .zero)
    }

    @Test func mistakesChangeNothing() async throws {
        let host = EchoHost.host(tag: "a")
        let server = SocketServer([host])
        try await server.listen()
        var wrong = host
        wrong.addresses = ["nowhere"]
        let error = await #expect(throws: ListenError.self) { try await server.apply([wrong]) }
        guard case .mistakes? = error else { throw TestFailure("\(error, default: "none")") }
        #expect(server.hosts.map(\.state) == [.up])
        #expect(try server.connect().echoes("hello"))
        await server.drain(within: .zero)
    }

    @Test func settingsForAllHostsAreAppliedToo() async throws {
        let host = EchoHost.host(tag: "a")
        let server = SocketServer([host])
        try await server.listen()
        let first = try server.connect()
        #expect(try first.echoes("first"))
        var options = server.options
        (options.maxClients, options.bannerTooBusy) = (1, "busy")
        try await server.apply([host], options: options)
        #expect(server.options.maxClients == 1)
        #expect(try server.connect().receiveText() == "busy\r\n")
        #expect(try first.echoes("still here"))
        await server.drain(within: .zero)
    }

    @Test func aHostThatMayNotFailKeepsAllHostsAsTheyAre() async throws {
        var options = SocketServer.Options()
        options.onHostError = .fail
        let host = EchoHost.host(tag: "a")
        let server = SocketServer([host], options: options)
        try await server.listen()
        let taken = try ReservedPort(isListening: true)
        let error = await #expect(throws: ListenError.self) {
            try await server.apply([
                host, EchoHost.host(tag: "b", port: .number(taken.number)),
            ])
        }
        guard case .hosts(let hosts)? = error else {
            throw TestFailure("\(error, default: "none")")
        }
        #expect(hosts.map(\.state) == [.up, .down])
        #expect(server.hosts.map(\.tag) == ["a"])
        #expect(try server.connect().echoes("hello"))
        await server.drain(within: .zero)
    }

    @Test func hostsThatAreAppliedWhileClosedAreForTheNextListen() async throws {
        let server = SocketServer([EchoHost.host(EchoHost.greeting("old"), tag: "a")])
        try await server.listen()
        server.close()
        try await server.apply([EchoHost.host(EchoHost.greeting("new"), tag: "a")])
        #expect(server.state == .closed)
        try await server.listen()
        #expect(try server.connect().receive("new\n"))
        await server.drain(within: .zero)
    }

    @Test func aHostThatIsDownIsRetried() async throws {
        let taken = try ReservedPort()
        let other = try ForeignListener(taken)
        let server = SocketServer([
            EchoHost.host(tag: "a"), EchoHost.host(tag: "b", port: .number(taken.number)),
        ])
        try await server.listen()
        #expect(server.hosts.map(\.state) == [.up, .down])
        other.close()
        // Each retry waits twice as long, and other tests may keep this one from going on.
        try waitUntil("the retry", within: .seconds(90)) {
            server.hosts.allSatisfy { $0.state == .up }
        }
        #expect(try server.connect(to: 1).echoes("hello"))
        await server.drain(within: .zero)
    }
}
