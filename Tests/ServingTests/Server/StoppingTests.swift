import EventLoops
import Glibc
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// A server that stops while clients are connected.
@Suite struct StoppingTests {
    /// What a client and its handler do when the server stops.
    enum Situation: String, CaseIterable, Codable {
        case handshaking, reading, writing, resting, relaying, waitingForRelay, flushing, lingering
        case aborting, offLoop, inChildren, shuttingDownTLS

        /// The phase of the client.
        var phase: String {
            switch self {
            case .handshaking, .resting, .relaying, .flushing, .lingering, .aborting: rawValue
            case .reading, .writing, .offLoop, .inChildren: "serving"
            case .waitingForRelay: "relaying"
            case .shuttingDownTLS: "lingering"
            }
        }

        var transport: Transport {
            self == .handshaking || self == .shuttingDownTLS ? .tls : .plain
        }
    }

    /// What must be gone when a server has stopped.
    private final class Remains {
        private struct Weak {
            weak var object: AnyObject?
        }

        private var objects: [(name: String, object: Weak)] = []

        func note(_ name: String, _ object: AnyObject) {
            objects.append((name, Weak(object: object)))
        }

        /// What is alive.
        var names: [String] { objects.filter { $0.object.object != nil }.map(\.name) }
    }

    @Test(arguments: Situation.allCases)
    func nothingIsLeft(_ situation: Situation) async {
        await #expect(processExitsWith: .success) { [situation] in
            try StoppingTests.serveAndStop(situation)
            let before = try ProcessState()
            for _ in 0..<(Sanitizer.isOn ? 10 : 100) { try StoppingTests.serveAndStop(situation) }
            try? waitUntil("the same state") { try ProcessState() == before }
            let after = try ProcessState()
            if after != before { print(before, after, separator: "\n") }
            #expect(after == before)
        }
    }

    private static func serveAndStop(_ situation: Situation) throws {
        let remains = Remains()
        var clients: [PlainClient] = []
        do {
            let target = try TestServer(endless)
            let targetPort = try target.dialTarget()
            let server = try TestServer(
                handler(situation, targetPort), over: situation.transport, workers: 2)
            for _ in 0..<4 {
                let client = try PlainClient(
                    to: "127.0.0.1", port: server.port, receiveBuffer: 4_096)
                clients.append(client)
                try act(client, situation)
            }
            try waitUntil("the phase \(situation.phase)") {
                let phases = try records(of: server.server).map(\.phase)
                return phases.count == 4 && phases.allSatisfy { $0 == situation.phase }
            }
            for worker in server.server.workers + target.server.workers {
                remains.note("worker", worker)
                remains.note("loop", worker.loop)
                for connection in connections(of: worker) { remains.note("client", connection) }
            }
            server.stop()
            target.stop()
            #expect(server.server.status.clients == 0)
        }
        // Threads of pools may be exiting.
        try? waitUntil("all is gone") { remains.names.isEmpty }
        #expect(remains.names == [], "\(situation)")
        for client in clients { #expect(throws: Never.self) { try disconnects(client) } }
    }

    /// Reads until the end, or the reset.
    private static func disconnects(_ client: PlainClient) throws {
        do {
            while try !client.receive().isEmpty {}
        } catch is TestFailure {}
    }

    private static func act(_ client: PlainClient, _ situation: Situation) throws {
        switch situation {
        case .handshaking: try client.send(Array(ClientHello.bytes.prefix(20)))
        case .resting, .relaying, .waitingForRelay: try client.send("x")
        case .shuttingDownTLS: try client.send("no record of TLS")
        default: break
        }
    }

    private static let endless = ScriptedHandler { client in
        while true { try await client.write([UInt8](repeating: 1, count: 65_536)) }
    }

    private static func handler(
        _ situation: Situation, _ target: DialTarget
    ) -> ScriptedHandler {
        ScriptedHandler { client in
            switch situation {
            case .handshaking, .shuttingDownTLS, .reading:
                _ = try await client.read { _ in }
            case .writing:
                while true { try await client.write([UInt8](repeating: 1, count: 65_536)) }
            case .resting:
                _ = try await client.read { _ in }
                return .rest
            case .relaying:
                return .relay(to: try await client.connect(to: target), idleTimeout: nil)
            case .waitingForRelay:
                _ = try await client.relay(to: client.connect(to: target), idleTimeout: nil)
            case .flushing:
                // Or the kernel's buffer grows and takes it all.
                var size: CInt = 4_096
                if let number = client.core.descriptor {
                    _ = unsafe setsockopt(number, SOL_SOCKET, SO_SNDBUF, &size, 4)
                }
                client.send([UInt8](repeating: 1, count: 1 << 19).span)
            case .lingering:
                client.send("bye")
            case .aborting:
                client.send([UInt8](repeating: 1, count: 65_536).span)
                return .abort
            case .offLoop:
                _ = try await client.offLoop { MonotonicClock.now() }
                _ = try await client.read { _ in }
            case .inChildren:
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await Task.sleep(for: .seconds(600)) }
                    _ = try await client.read { _ in }
                    try await group.waitForAll()
                }
            }
            return .close
        }
    }

    private static func records(of server: Server) throws -> [ClientRecord] {
        let all = Lock<[ClientRecord]>([])
        for number in 0..<server.loopCount {
            let bell = try EventBell()
            server.clients(ofLoop: number, from: 0, .all) { records, _ in
                all.withLock { $0 += records }
                bell.ring()
            }
            bell.wait()
        }
        return all.withLock { $0 }
    }

    private static func connections(of worker: Worker) -> [Connection] {
        let found = Lock<[Connection]>([])
        guard let bell = try? EventBell() else { return [] }
        worker.loop.perform {
            let connections = worker.loop.sources.compactMap { $0 as? Connection }
            found.withLock { $0 = connections }
            bell.ring()
        }
        bell.wait()
        return found.withLock { $0 }
    }

    @Test func aHandlerThatIgnoresItsCancellationLosesItsClient() throws {
        let (stream, end) = AsyncStream<Void>.makeStream()
        let server = try TestServer(
            ScriptedHandler { client in
                try await client.write("here")
                // Of another task: the cancellation of this one does not end it.
                await Task { for await _ in stream {} }.value
                return .close
            })
        let client = try server.connect()
        #expect(try client.receive(atLeast: 4).count == 4)
        server.stop()
        #expect(server.server.status.clients == 0)
        // Its task ends on a loop that has ended.
        end.finish()
        _ = try? client.receiveToEnd()
    }
}
