import Glibc
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// Handles that several threads use while their clients come and go.
@Suite struct HandleStressTests {
    /// All calls of one run; `STRESS_CALLS=1000000` for a release build.
    private static let calls: Int = {
        let text = unsafe getenv("STRESS_CALLS").map { unsafe String(cString: $0) }
        return text.flatMap { Int($0) } ?? (Sanitizer.isOn ? 8_000 : 20_000)
    }()
    private static let threadCount = 4

    /// The handles of the newest clients, and how often they may be called: so the clients keep pace with the calls.
    private final class Room: Sendable {
        private let state = Lock((handles: [ClientHandle](), callsLeft: 0))
        let hasEnded = Lock(false)

        private static let callsForEachClient = 40

        func enter(_ handle: ClientHandle) {
            state.withLock { state in
                // Old ones stay long enough to be used after their clients.
                if state.handles.count == 64 { state.handles.removeFirst(8) }
                state.handles.append(handle)
                state.callsLeft += Room.callsForEachClient
            }
        }

        /// A handle for one call; nil until another client has come.
        func any(_ random: inout SplitMix) -> ClientHandle? {
            state.withLock { state in
                guard state.callsLeft > 0 else { return nil }
                state.callsLeft -= 1
                return state.handles.randomElement(using: &random)
            }
        }

        var all: [ClientHandle] { state.withLock { $0.handles } }
    }

    private struct Visits: Sendable {
        var count = 0
    }

    @Test(arguments: Transport.allCases)
    func callsOnClientsThatCloseAreHarmless(_ transport: Transport) async throws {
        let room = Room()
        let handler = ScriptedHandler { client in
            room.enter(client.handle)
            var visits = client[Visits.self] ?? Visits()
            visits.count += 1
            client[Visits.self] = visits
            while try await client.read({ client.send($0) }) {
                try await client.flush()
                if client.isDraining { return .close }
                if client.id % 3 == 0 { return .rest }
                if client.id % 7 == 0 { return .abort }
            }
            return .close
        }
        let server = try TestServer(handler, over: transport, workers: 2)
        let port = server.port
        let clients = try (0..<2).map { seed in
            try Thread(name: "clients") {
                var random = SplitMix(seed: UInt64(seed))
                while !room.hasEnded.withLock({ $0 }) {
                    HandleStressTests.visit(port, transport, &random)
                }
            }
        }
        let callers = try (0..<Self.threadCount).map { seed in
            try Thread(name: "callers") {
                var random = SplitMix(seed: UInt64(100 + seed))
                for _ in 0..<Self.calls / (Self.threadCount + 1) {
                    HandleStressTests.call(room, &random)
                }
            }
        }
        var random = SplitMix(seed: 7)
        var calls = 0
        while calls < Self.calls / (Self.threadCount + 1) {
            guard let handle = room.any(&random) else {
                await Task.yield()
                continue
            }
            calls += 1
            if Bool.random(using: &random) {
                let info = await handle.info()
                #expect(info == nil || info?.id == handle.id)
            } else {
                _ = await handle.state(Visits.self)
            }
        }
        for thread in callers { thread.join() }
        room.hasEnded.withLock { $0 = true }
        for thread in clients { thread.join() }
        server.stop()
        for handle in room.all {
            #expect(!handle.isConnected && !handle.send("late"))
            #expect(await handle.info() == nil)
        }
        #expect(server.server.status.clients == 0)
        // A client calls for itself again after each rest.
        #expect(server.server.status.accepted > Self.calls / 400)
    }

    /// One call on a handle.
    private static func call(_ room: Room, _ random: inout SplitMix) {
        var handle = room.any(&random)
        while handle == nil {
            sched_yield()
            handle = room.any(&random)
        }
        guard let handle else { return }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
            handle.send([UInt8](repeating: 1, count: .random(in: 0..<2_000, using: &random)))
        case 5: handle.disconnect("stress")
        case 6: handle.drain()
        default: _ = handle.isConnected
        }
    }

    /// A client that leaves in some way.
    private static func visit(
        _ port: UInt16, _ transport: Transport, _ random: inout SplitMix
    ) {
        guard let socket = try? PlainClient(to: "127.0.0.1", port: port) else { return }
        let client: any TestClient
        if transport == .plain {
            client = socket
        } else {
            guard let session = try? TLSClient(over: socket, name: nil) else { return }
            client = session
        }
        for _ in 0..<Int.random(in: 0..<4, using: &random) {
            guard (try? client.send("hello")) != nil,
                (try? client.receive())?.isEmpty == false
            else { break }
        }
        if Bool.random(using: &random) { client.endOutput() }
        if Bool.random(using: &random) { socket.reset() } else { client.close() }
    }
}
