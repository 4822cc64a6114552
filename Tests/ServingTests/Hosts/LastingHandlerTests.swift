import EventLoops
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// Handlers that do something beside their clients.
@Suite struct LastingHandlerTests {
    /// Notes what happens to it.
    private struct Noting: LastingHandler {
        static let name = "noting"
        static let summary = "notes what happens to it"

        let notes: Lock<[String]>
        var failure: ClientError?

        init(_ options: HandlerOptions) { self.init(Lock([])) }

        init(_ notes: Lock<[String]>, failure: ClientError? = nil) {
            self.notes = notes
            self.failure = failure
        }

        func start(_ host: HostContext) async throws {
            if let failure { throw failure }
            let notes = notes
            notes.withLock { $0.append("start \(host.hostTag)") }
            host.log(.notice, "begins")
            host.inBackground {
                notes.withLock { $0.append("background") }
                do { try await host.pause(for: .seconds(3_600)) } catch {
                    notes.withLock { $0.append("background ends: \(error)") }
                }
            }
        }

        func stop() async { notes.withLock { $0.append("stop") } }

        func serve(_ client: Client) async throws -> Afterwards {
            notes.withLock { $0.append("client") }
            _ = try await client.readLine()
            return .close
        }
    }

    @Test func itStartsBeforeTheFirstClientAndStopsAfterTheLast() throws {
        let notes = Lock<[String]>([])
        do {
            let server = try TestServer(Noting(notes))
            #expect(notes.withLock { $0.first } == "start Host1")
            #expect(try server.event(.hostRecord).detail == "begins")
            try waitUntil("the background") { notes.withLock { $0.count } == 2 }
            #expect(try server.connect().exchange([10]) == [])
        }
        let all = ["start Host1", "background", "client", "background ends: cancelled", "stop"]
        #expect(notes.withLock { $0 } == all)
    }

    @Test func aHostWhoseHandlerDoesNotStartIsDown() throws {
        let server = try TestServer(Noting(Lock([]), failure: .overloaded))
        let opened = server.server.opened
        #expect(opened.states.first?.trouble?.kind == .handler)
        #expect(
            opened.states.first?.trouble?.message == "its handler did not start: overloaded")
        #expect(opened.endpoints.isEmpty)
    }

    /// Connects, and is done with it.
    private struct Checking: LastingHandler {
        static let name = "checking"
        static let summary = "connects when it starts"

        let target: DialTarget

        init(_ options: HandlerOptions) { self.init(DialTarget(.host("127.0.0.1", port: 9))) }

        init(_ target: DialTarget) { self.target = target }

        func start(_ host: HostContext) async throws {
            try await host.connect(to: target).close()
        }

        func serve(_ client: Client) async throws -> Afterwards { .close }
    }

    @Test func whatItHasDialedAndClosedEndsWithTheServer() throws {
        let port = try ReservedPort()
        // The kernel takes the connection, and nobody ever closes it there.
        let listener = try ForeignListener(port)
        let server = try {
            let test = try TestServer(Checking(DialTarget(.host("127.0.0.1", port: port.number))))
            let loop = test.server.workers[0].loop
            let isThere = Lock<Bool?>(nil)
            loop.perform {
                isThere.withLock { $0 = loop.sources.contains { $0 is Connection } }
            }
            try waitUntil("the loop") { isThere.withLock { $0 } != nil }
            #expect(isThere.withLock { $0 } == true)
            return test.server
        }()
        #expect(!server.workers[0].loop.sources.contains { $0 is Connection })
        withExtendedLifetime(listener) {}
    }

    @Test func aReloadKeepsTheHandlerOfAnUnchangedHostAndReplacesAnother() throws {
        let (kept, changed, newer) = (Lock<[String]>([]), Lock<[String]>([]), Lock<[String]>([]))
        let ports = [try ReservedPort(), try ReservedPort()]
        let hosts = [
            ChangingServer.TestHost("Host1", Noting(kept), port: ports[0]),
            ChangingServer.TestHost("Host2", Noting(changed), port: ports[1]),
        ]
        let server = try ChangingServer(hosts)
        let client = try PlainClient(to: "127.0.0.1", port: ports[1].number)
        try waitUntil("the client") { changed.withLock { $0.contains("client") } }
        try server.serve([
            hosts[0], ChangingServer.TestHost("Host2", Noting(newer), port: ports[1]),
        ])
        #expect(newer.withLock { $0.first } == "start Host2")
        // The old one has a client still.
        #expect(changed.withLock { !$0.contains("stop") })
        try client.send("bye\n")
        #expect(try client.receiveAll() == [])
        try waitUntil("the stop") { changed.withLock { $0.last } == "stop" }
        #expect(kept.withLock { $0 == ["start Host1", "background"] })
    }

    /// Two hosts on SSL ports, the second with these notes.
    private func tlsHosts(
        _ notes: Lock<[String]>, in directory: TemporaryDirectory
    ) throws -> [ChangingServer.TestHost] {
        let identity = try ChangingServer.identity("a.test", in: directory)
        return [
            ChangingServer.TestHost(
                "Host1", Noting(Lock([])), port: try ReservedPort(), identity: identity),
            ChangingServer.TestHost(
                "Host2", Noting(notes), port: try ReservedPort(), identity: identity),
        ]
    }

    @Test func aHandlerStopsAfterTheHandshakesThatHaveChosenItsHost() throws {
        let (directory, notes) = (try TemporaryDirectory(), Lock<[String]>([]))
        let hosts = try tlsHosts(notes, in: directory)
        let server = try ChangingServer(hosts)
        let client = try PlainClient(to: "127.0.0.1", port: hosts[1].port)
        try client.send(ClientHello.bytes)
        #expect(try client.receive(atLeast: 3).prefix(2) == [22, 3])
        #expect(server.server.hosts[1].clients == 0)
        try server.serve([hosts[0]])
        try waitUntil("the loops have retired the host") { hosts[1].host.account.isRetired }
        #expect(hosts[1].host.account.hasLife)
        #expect(notes.withLock { !$0.contains("stop") })
        client.close()
        try waitUntil("the stop") { notes.withLock { $0.last } == "stop" }
    }

    @Test func aHandlerServesNobodyAfterItsStop() throws {
        let (directory, notes) = (try TemporaryDirectory(), Lock<[String]>([]))
        let hosts = try tlsHosts(notes, in: directory)
        let server = try ChangingServer(hosts)
        let socket = try PlainClient(to: "127.0.0.1", port: hosts[1].port)
        try waitUntil("the client is accepted") { server.server.status.clients == 1 }
        try server.serve([hosts[0]])
        try waitUntil("the stop") { notes.withLock { $0.last } == "stop" }
        // Its listener is closed, so that no newer router answers its ClientHello.
        let client = try TLSClient(over: socket, name: nil, version: .tls12)
        _ = try? client.receiveAll()
        #expect(notes.withLock { !$0.contains("client") })
        #expect(server.server.status.clients == 0)
    }
}
