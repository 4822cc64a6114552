import EventLoops
import Glibc
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// The phases of a connection, as a table and with real clients in each of them.
@Suite struct PhaseTests {
    typealias Phase = Connection.Phase

    private static let firstPhases: Set<Phase> = [
        Connection.Role.plainClient.firstPhase, Connection.Role.tlsClient.firstPhase,
        Connection.Role.target(Dialed(owner: nil)).firstPhase,
        Connection.Role.program(Dialed(owner: nil)).firstPhase,
    ]

    @Test func everyPhaseCanBeReachedAndCanEnd() {
        func reachable(from start: Set<Phase>) -> Set<Phase> {
            var (found, rest) = (start, Array(start))
            while let phase = rest.popLast() {
                rest += phase.successors.filter { found.insert($0).inserted }
            }
            return found
        }
        #expect(reachable(from: Self.firstPhases) == Set(Phase.allCases))
        for phase in Phase.allCases where phase != .closed {
            #expect(phase.successors.contains(.closed), "\(phase)")
        }
        #expect(Phase.closed.successors.isEmpty)
    }

    /// Each change is one: entering the phase that it is in would run what comes with it twice.
    @Test(arguments: Phase.allCases)
    func noPhaseFollowsItself(_ phase: Phase) {
        #expect(!phase.successors.contains(phase))
        #expect(Set(phase.successors).count == phase.successors.count)
    }

    @Test func aConnectionBeginsOnce() {
        for phase in Phase.allCases {
            #expect(
                !phase.successors.contains(.accepted) && !phase.successors.contains(.connecting))
        }
    }

    #if DEBUG
        @Test func anIllegalTransitionTraps() async throws {
            let result = await #expect(
                processExitsWith: .failure, observing: [\.standardErrorContent]
            ) {
                let handler = ScriptedHandler { client in
                    (client.core as? Connection)?.enter(.accepted)
                    return .close
                }
                let server = try TestServer(handler)
                _ = try server.connect().receiveAll()
                exit(server.port > 0 ? 0 : 1)
            }
            let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
            #expect(text.contains("a connection goes from serving to accepted"))
        }
    #endif

    /// The phases of the connections of a server that has one loop.
    private static func phases(of server: TestServer) throws -> [Phase] {
        let phases = Lock<[Phase]?>(nil)
        let loop = server.server.workers[0].loop
        loop.perform {
            let found = loop.sources.compactMap { ($0 as? Connection)?.phase }
            phases.withLock { $0 = found }
        }
        try waitUntil("the loop") { phases.withLock { $0 != nil } }
        return phases.withLock { $0 ?? [] }
    }

    private static func wait(for phase: Phase, in server: TestServer) throws {
        try waitUntil("a connection is \(phase)") { try phases(of: server).contains(phase) }
    }

    @Test(arguments: [
        (Phase.serving, "serve"), (.resting, "rest"), (.flushing, "flush"), (.lingering, "close"),
        (.aborting, "abort"),
    ])
    func aClientGoesWhereItsHandlerSendsIt(_ phase: Phase, _ order: String) throws {
        let handler = ScriptedHandler { client in
            switch order {
            case "serve": _ = try await client.read { _ in }
            case "rest": return client.isDraining ? .close : .rest
            case "flush":
                let block = [UInt8](repeating: 5, count: 1 << 19)
                while !client.needsFlush { client.send(block.span) }
            case "abort":
                // More than the peer's kernel takes, less than ours.
                client.send([UInt8](repeating: 5, count: 20_000).span)
                return .abort
            default: break
            }
            return .close
        }
        let server = try TestServer(handler, drainTimeout: .seconds(60))
        let client = try server.connect(receiveBuffer: 1_024)
        try Self.wait(for: phase, in: server)
        client.close()
        try waitUntil("it is closed") { try Self.phases(of: server).isEmpty }
    }

    @Test func aSilentClientOfAnSSLPortIsHandshaking() throws {
        let server = try TestServer(.echo, over: .tls)
        let client = try server.connectSocket()
        try Self.wait(for: .handshaking, in: server)
        client.close()
        #expect(try server.event(.handshakeFailed).reason == .handshakeFailed)
    }

    @Test func aRelayedPairIsRelaying() throws {
        let server = try DialingServer(.echo, over: .plain, front: .plain)
        let client = try server.front.connect()
        #expect(try client.echoes("hello"))
        #expect(try Self.phases(of: server.front) == [.relaying, .relaying])
        client.endOutput()
        #expect(try client.receiveAll() == [])
    }

    @Test func aTargetThatDoesNotAcceptIsConnecting() throws {
        let port = try ReservedPort()
        let listener = try ForeignListener(port)
        defer { listener.close() }
        // Its queue has room for two; SYNs beyond are dropped.
        let queued = try (0..<2).map { _ in try PlainClient(to: "127.0.0.1", port: port.number) }
        defer { withExtendedLifetime(queued) {} }
        let handler = ScriptedHandler { client in
            _ = try await client.connect(to: DialTarget(.host("127.0.0.1", port: port.number)))
            return .close
        }
        let server = try TestServer(handler)
        let client = try server.connect()
        try Self.wait(for: .connecting, in: server)
        withExtendedLifetime(client) {}
    }

    @Test func aClosedConnectionIsClosedForThoseWhoKeepIt() throws {
        let kept = Lock<Connection?>(nil)
        let handler = ScriptedHandler { client in
            kept.withLock { $0 = client.core as? Connection }
            return .close
        }
        let server = try TestServer(handler)
        let client = try server.connect()
        client.endOutput()
        #expect(try client.receiveAll() == [])
        try waitUntil("it is closed") { try Self.phases(of: server).isEmpty }
        #expect(kept.withLock { $0?.phase } == .closed)
    }

    /// A drain shortens lingering, and leaves the 50 ms between two checks of a delivery alone: for a
    /// second of lingering it would have to wait a second at least.
    @Test func aDrainDoesNotDelayAReset() throws {
        let handler = ScriptedHandler { client in
            client.send([UInt8](repeating: 5, count: 20_000).span)
            return .abort
        }
        func timeToReset() throws -> UInt64 {
            let server = try TestServer(handler)
            let client = try server.connect(receiveBuffer: 1_024)
            try Self.wait(for: .aborting, in: server)
            server.drain()
            let start = MonotonicClock.now()
            let end = try client.receiveToEnd()
            #expect(end.bytes.count == 20_000 && !end.isWhole)
            return MonotonicClock.now() - start
        }
        // A busy machine may take a second for anything, but not each time.
        #expect(try (0..<5).contains { _ in try timeToReset() < 900_000_000 })
    }
}
