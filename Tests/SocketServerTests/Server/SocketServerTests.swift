import Configuration
import Glibc
import NetworkTypes
import Platform
import TestSupport
import Testing

@testable import SocketServer

/// A server in code, with real sockets.
@Suite struct SocketServerTests {
    @Test func servesFromListenToDrain() async throws {
        let server = SocketServer(listen: "127.0.0.1:0") { client in
            while try await client.read({ client.send($0) }) {}
            return .close
        }
        #expect(server.state == .idle)
        let listeners = try await server.listen()
        #expect(server.state == .listening)
        #expect(listeners.count == 1)
        #expect(listeners[0].address?.port != 0)
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        #expect(server.numbers.clients == 1)
        #expect(server.numbers.accepted == 1)
        client.close()
        let report = await server.drain()
        #expect(report.aborted == 0)
        #expect(!report.areThreadsLeft)
        #expect(server.state == .ended)
        #expect(server.listeners.isEmpty)
        #expect(throws: (any Error).self) {
            try PlainClient(to: "127.0.0.1", port: listeners[0].address?.port ?? 0)
        }
    }

    @Test func listensAgainAfterTheEnd() async throws {
        let server = SocketServer([EchoHost.host()])
        try await server.listen()
        await server.drain()
        try await server.listen()
        #expect(try server.connect().echoes("again"))
        await server.drain()
    }

    @Test func aTakenPortIsReportedWithItsErrno() async throws {
        let port = try ReservedPort(isListening: true)
        let server = SocketServer([EchoHost.host(port: .number(port.number))])
        let error = await #expect(throws: ListenError.self) { try await server.listen() }
        guard case .hosts(let hosts)? = error else {
            throw TestFailure("\(error, default: "none")")
        }
        #expect(hosts.map(\.errno) == [EADDRINUSE])
        #expect(hosts[0].reasons[0].contains("127.0.0.1:\(port.number) is in use"))
        #expect(hosts[0].place?.contains("EchoHost.swift") == true)
        #expect(server.state == .idle)
        #expect(server.control == nil)
        #expect(server.lastError?.contains("is in use") == true)
    }

    @Test func mistakesAreThrownWithTheirPlaces() async throws {
        var host = EchoHost.host()
        host.fastOpen = -1
        var options = SocketServer.Options()
        options.listenBacklog = 0
        let server = SocketServer([host], options: options)
        let error = await #expect(throws: ListenError.self) { try await server.listen() }
        guard case .mistakes(let mistakes)? = error else {
            throw TestFailure("\(error, default: "none")")
        }
        #expect(mistakes.messages(.error).count == 2)
        #expect(mistakes.description.contains("FastOpen must be"))
        #expect(mistakes.description.contains("ListenBacklog must be"))
        #expect(mistakes.diagnostics.contains { $0.file.hasSuffix("SocketServerTests.swift") })
    }

    @Test func closingKeepsTheClients() async throws {
        let server = SocketServer([EchoHost.host()])
        let port = try #require(try await server.listen()[0].address?.port)
        let client = try server.connect()
        #expect(try client.echoes("before"))
        server.close()
        #expect(server.state == .closed)
        try waitUntil("new clients are refused") {
            (try? PlainClient(to: "127.0.0.1", port: port)) == nil
        }
        #expect(try client.echoes("after"))
        #expect(server.numbers.clients == 1)
        #expect(server.listeners.isEmpty)
        try await server.listen()
        #expect(server.state == .listening)
        #expect(try server.connect().echoes("again"))
        #expect(try client.echoes("still here"))
        client.close()
        await server.drain(within: .zero)
    }

    @Test func aDrainThatTimesOutDisconnectsTheRest() async throws {
        let server = SocketServer([EchoHost.host()])
        try await server.listen()
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        // The host's own time-out is an hour.
        let report = await server.drain(within: .milliseconds(50))
        #expect(report.clients == 1)
        #expect(report.aborted == 1)
        #expect(report.duration < .seconds(30))
        #expect(try client.receiveToEnd().bytes.isEmpty)
    }

    @Test func abortingDisconnectsAllAtOnce() async throws {
        let server = SocketServer([EchoHost.host()])
        try await server.listen()
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        server.abort()
        #expect([.draining, .ended].contains(server.state))
        #expect(try client.receiveToEnd().bytes.isEmpty)
        await server.drain()
        #expect(server.state == .ended)
    }

    @Test func runReturnsWhenItsTaskIsCancelled() async throws {
        let server = SocketServer([EchoHost.host()])
        let listening = server.next(.listening)
        let running = Task { try await server.run() }
        await listening.value
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        client.close()
        running.cancel()
        try await running.value
        #expect(server.state == .ended)
    }

    @Test func runReturnsWhenTheServerIsAborted() async throws {
        let server = SocketServer([EchoHost.host()])
        let listening = server.next(.listening)
        let running = Task { try await server.run() }
        await listening.value
        server.abort()
        try await running.value
        #expect(server.state == .ended)
    }

    @Test func serversOfOneProcessShareNothing() async throws {
        let servers = ["one", "two", "three"].map { word in
            SocketServer([EchoHost.host(EchoHost.greeting(word))])
        }
        for server in servers { try await server.listen() }
        let clients = try servers.map { try $0.connect() }
        for (client, word) in zip(clients, ["one\n", "two\n", "three\n"]) {
            #expect(try client.receive(word))
        }
        servers[0].abort()
        await servers[0].drain()
        #expect(try clients[1].echoes("still here"))
        #expect(servers.map(\.numbers.clients) == [0, 1, 1])
        #expect(servers.map(\.state) == [.ended, .listening, .listening])
        for server in servers.dropFirst() { await server.drain(within: .zero) }
    }

    @Test func changesOfTheStateAreObserved() async throws {
        let server = SocketServer([EchoHost.host()])
        let states = Lock<[SocketServer.State]>([])
        server.observe { state in states.withLock { $0.append(state) } }
        try await server.listen()
        server.close()
        await server.drain()
        #expect(states.withLock { $0 } == [.listening, .closed, .draining, .ended])
    }
}
