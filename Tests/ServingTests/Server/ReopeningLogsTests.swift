import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// Handlers that open their logs anew, and what they share.
@Suite struct ReopeningLogsTests {
    private struct Noting: Handler {
        static let name = "noting"
        static let summary = "counts how often it opens its logs anew"

        let count: Lock<Int>

        init(_ options: HandlerOptions) { self.init(Lock(0)) }

        init(_ count: Lock<Int>) { self.count = count }

        func reopenLogs() { count.withLock { $0 += 1 } }

        func serve(_ client: Client) async throws -> Afterwards {
            client.send("here\n")
            _ = try await client.readLine()
            return .close
        }
    }

    @Test func handlersOfRetiredHostsReopenThemAsLongAsTheyHaveClients() throws {
        let (kept, changed, newer) = (Lock(0), Lock(0), Lock(0))
        let ports = [try ReservedPort(), try ReservedPort()]
        let host = ChangingServer.TestHost("Host1", Noting(kept), port: ports[0])
        // Nobody else keeps the host that is changed.
        let server = try ChangingServer([
            host, ChangingServer.TestHost("Host2", Noting(changed), port: ports[1]),
        ])
        let client = try PlainClient(to: "127.0.0.1", port: ports[1].number)
        #expect(try client.receive(atLeast: 5) == Array("here\n".utf8))
        try server.serve([host, ChangingServer.TestHost("Host2", Noting(newer), port: ports[1])])
        server.server.reopenLogs()
        #expect([kept, changed, newer].map { $0.withLock { $0 } } == [1, 1, 1])
        try client.send("bye\n")
        #expect(try client.receiveAll() == [])
        try waitUntil("the end of the old host") {
            let before = changed.withLock { $0 }
            server.server.reopenLogs()
            return changed.withLock { $0 } == before
        }
        #expect(kept.withLock { $0 } == newer.withLock { $0 })
    }

    @Test func theSameForClientsFromBeforeAChangeOfTheCertificate() throws {
        let (directory, port) = (try TemporaryDirectory(), try ReservedPort())
        let (changed, newer) = (Lock(0), Lock(0))
        let server = try ChangingServer([
            ChangingServer.TestHost(
                "Host1", Noting(changed), port: port,
                identity: try ChangingServer.identity("a.test", in: directory), offersTLS: true)
        ])
        let client = try PlainClient(to: "127.0.0.1", port: port.number)
        #expect(try client.receive(atLeast: 5) == Array("here\n".utf8))
        do {
            let host = try #require(server.server.opened.states[0].host)
            let other = try ChangingServer.identity("b.test", in: directory)
            server.server.serve(
                server.server.opened.replacing([0: .up(host.with(identity: other))]))
        }
        try server.serve([ChangingServer.TestHost("Host1", Noting(newer), port: port)])
        server.server.reopenLogs()
        #expect([changed, newer].map { $0.withLock { $0 } } == [1, 1])
        try client.send("bye\n")
        #expect(try client.receiveAll() == [])
    }

    private final class Shared: Sendable {}

    private struct Finding: Handler {
        static let name = "finding"
        static let summary = "reports what all loops share"

        let found = Lock<[ObjectIdentifier]>([])

        init(_ options: HandlerOptions) {}

        init() {}

        func serve(_ client: Client) async throws -> Afterwards {
            let object = client.loopLocals[ObjectIdentifier(Shared.self)]
            found.withLock { $0 += object.map { [ObjectIdentifier($0)] } ?? [] }
            return .close
        }
    }

    @Test func everyLoopHasTheObjectsThatHandlersShare() throws {
        let (shared, handler) = (Shared(), Finding())
        let server = try TestServer(handler, workers: 3, shared: [shared])
        for _ in 0..<6 { #expect(try server.connect().receiveAll() == []) }
        #expect(
            handler.found.withLock { $0 } == Array(repeating: ObjectIdentifier(shared), count: 6))
    }
}
