import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// What a handler keeps with its client: `client[State.self]`.
@Suite struct ClientStateTests {
    private struct Name: Equatable {
        let text: String
    }

    private struct Visits {
        var count = 0
    }

    @Test(arguments: Transport.allCases)
    func aStateLastsOverRestsAndIsReadFromOutside(_ transport: Transport) async throws {
        let handler = ScriptedHandler { client in
            var visits = client[Visits.self] ?? Visits()
            visits.count += 1
            client[Visits.self] = visits
            let arrival = try client.readArrived { bytes in
                client[Name.self] = Name(text: String(copying: bytes))
                client.send("\(visits.count)")
            }
            return arrival == .end ? .close : .rest
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        for number in 1...3 {
            try client.send("Name \(number)")
            // The first call may have come before the first byte.
            #expect(try client.receive(atLeast: 1).count == 1)
            let handle = try server.handle()
            #expect(await handle.state(Name.self) == Name(text: "Name \(number)"))
            #expect(await handle.state(Visits.self)?.count ?? 0 >= number)
            #expect(await handle.state(Int.self) == nil)
        }
        let handle = try server.handle()
        client.endOutput()
        _ = try server.event(.clientClosed)
        #expect(await handle.state(Name.self) == nil)
    }

    /// Such a state refers to itself, through the mailbox.
    @Test func aStateWithItsOwnHandleIsReleased() throws {
        final class State: Sendable {
            let handle: ClientHandle
            private let whenReleased: @Sendable () -> Void

            init(_ handle: ClientHandle, whenReleased: @escaping @Sendable () -> Void) {
                self.handle = handle
                self.whenReleased = whenReleased
            }

            deinit { whenReleased() }
        }
        let released = Lock(0)
        let handler = ScriptedHandler { client in
            for _ in 0..<3 {
                client[State.self] = State(client.handle) { released.withLock { $0 += 1 } }
            }
            client[State.self]?.handle.send("\(released.withLock { $0 })")
            client[State.self] = nil
            client[State.self] = State(client.handle) { released.withLock { $0 += 1 } }
            _ = try await client.readLine()
            return .close
        }
        let server = try TestServer(handler)
        let client = try server.connect()
        #expect(try client.receive(atLeast: 1) == Array("2".utf8))
        try waitUntil("the end of the third state") { released.withLock { $0 } == 3 }
        client.endOutput()
        try waitUntil("the end of the last state") { released.withLock { $0 } == 4 }
    }

    @Test(arguments: Transport.allCases)
    func aClientKnowsItsListener(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            let info = client.info
            client.send("\(info.phase) \(info.listener) \(info.id == client.id)")
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let ssl = transport == .tls ? " ssl" : ""
        #expect(
            try server.connect().receiveText() == "serving 127.0.0.1:\(server.port)\(ssl) true")
    }
}
