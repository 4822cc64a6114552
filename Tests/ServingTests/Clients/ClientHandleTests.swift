import EventLoops
import Glibc
import HandlerAPI
import NetworkTypes
import Platform
import TestSupport
import Testing

@testable import Serving

/// What a ``ClientHandle`` may do, from another thread, in each phase of its client.
@Suite struct ClientHandleTests {
    /// Echoes and rests; closes in a drain.
    private static let resting = ScriptedHandler { client in
        if client.isDraining {
            try await client.write("bye")
            return .close
        }
        return try client.readArrived { client.send($0) } == .end ? .close : .rest
    }

    @Test(arguments: Transport.allCases, [false, true])
    func aMessageReachesAClientAtRestOrServed(_ transport: Transport, _ rests: Bool) throws {
        let server = try TestServer(rests ? Self.resting : .echo, over: transport)
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        try server.wait(for: rests ? .resting : .serving)
        let handle = try server.handle()
        #expect(handle.send("news"))
        #expect(try client.receive(atLeast: 4) == Array("news".utf8))
        #expect(try client.echoes("again"))
        #expect(handle.isConnected)
        client.endOutput()
        #expect(try client.receiveAll() == [])
    }

    @Test func aMessageWaitsForTheEndOfTheHandshake() throws {
        let server = try TestServer(.echo, over: .tls, banner: "welcome ")
        let socket = try server.connectSocket()
        let handle = try server.handle()
        #expect(handle.send("news"))
        let client = try TLSClient(over: socket, name: nil)
        #expect(try client.receive(atLeast: 12) == Array("welcome news".utf8))
    }

    @Test(arguments: Transport.allCases)
    func messagesArriveWholeAndInOrder(_ transport: Transport) throws {
        let count = 2_000
        let isDone = Lock(false)
        let handler = ScriptedHandler { client in
            for number in 0..<count {
                try await client.write("own \(number) \(String(repeating: "x", count: 300))\n")
            }
            try waitUntil("the other thread") { isDone.withLock { $0 } }
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect(receiveBuffer: 4_096)
        let handle = try server.handle()
        for number in 0..<count {
            #expect(handle.send("sent \(number) \(String(repeating: "y", count: 40))\n"))
        }
        isDone.withLock { $0 = true }
        let lines = try client.receiveText().split(separator: "\n")
        for (word, rest, length) in [("own", "x", 300), ("sent", "y", 40)] {
            let own = lines.filter { $0.hasPrefix(word) }
            let expected = (0..<count).map {
                "\(word) \($0) \(String(repeating: rest, count: length))"
            }
            #expect(own.map(String.init) == expected)
        }
        #expect(lines.count == 2 * count)
    }

    @Test(arguments: Transport.allCases)
    func oneMebibyteWaitsAndNotAByteMore(_ transport: Transport) throws {
        let server = try TestServer(Self.resting, over: transport)
        let client = try server.connect(receiveBuffer: 4_096)
        #expect(try client.echoes("hello"))
        let handle = try server.handle()
        let part = [UInt8](repeating: 1, count: 50_000)
        var accepted = 0
        /// What the kernel has taken stays the same: all that is accepted from now on waits.
        func taken() throws -> Int {
            var last = -1
            try waitUntil("a full kernel") {
                let now = try bytesOut(server)
                defer { last = now }
                return now == last
            }
            return last - 5
        }
        while handle.send(part) { accepted += part.count }
        var waiting = 0
        // The loop may still have been sending.
        repeat {
            waiting = try accepted - taken()
            guard handle.send(part) else { break }
            accepted += part.count
        } while true
        #expect(waiting <= ClientHandle.waitingLimit)
        #expect(waiting > ClientHandle.waitingLimit - part.count)
        let rest = ClientHandle.waitingLimit - waiting
        #expect(!handle.send([UInt8](repeating: 2, count: rest + 1)))
        #expect(handle.send([UInt8](repeating: 2, count: rest)))
        #expect(!handle.send([2]))
        #expect(handle.send([]))
        let all = try client.receive(atLeast: accepted + rest)
        #expect(all.count == accepted + rest)
        #expect(all.dropFirst(accepted).allSatisfy { $0 == 2 })
        // All is released: the same number of bytes is accepted again.
        try waitUntil("room") { handle.send([UInt8](repeating: 3, count: 1 << 20)) }
        #expect(try client.receive(atLeast: 1 << 20).count == 1 << 20)
        #expect(!handle.send([UInt8](repeating: 3, count: (1 << 20) + 1)))
    }

    private func bytesOut(_ server: TestServer) throws -> Int {
        let count = Lock(0)
        let bell = try EventBell()
        server.server.workers[0].loop.perform { [server = server.server] in
            let client = server.workers[0].clients(from: 0).clients.first
            count.withLock { $0 = Int(client?.bytesOut ?? 0) }
            bell.ring()
        }
        bell.wait()
        return count.withLock { $0 }
    }

    /// The limit of a handler does not count what others have sent.
    @Test func aFullMailboxLeavesTheHandlerItsOwnLimit() throws {
        let handler = ScriptedHandler { client in
            _ = try await client.readLine()
            client.send([UInt8](repeating: 2, count: 1 << 20).span)
            try await client.flush()
            return .close
        }
        let server = try TestServer(handler)
        let client = try server.connect(receiveBuffer: 4_096)
        let handle = try server.handle()
        var count = 0
        while handle.send([UInt8](repeating: 1, count: 1 << 20)) { count += 1 << 20 }
        try client.send("go\n")
        let all = try client.receiveAll()
        #expect(all.count { $0 == 1 } == count)
        #expect(all.count { $0 == 2 } == 1 << 20)
        #expect(try server.event(.clientClosed).reason == .served)
    }

    @Test(arguments: Transport.allCases)
    func whatWasAcceptedIsSentBeforeTheHandlersEnd(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            _ = try await client.readLine()
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect(receiveBuffer: 4_096)
        let handle = try server.handle()
        var count = 0
        while handle.send([UInt8](repeating: 1, count: 100_000)) { count += 100_000 }
        try client.send("\n")
        #expect(try client.receiveAll().count >= count)
        #expect(try server.event(.clientClosed).reason == .served)
        #expect(!handle.send("late"))
    }

    @Test(arguments: Transport.allCases, [false, true])
    func aHandleDisconnectsItsClient(_ transport: Transport, _ rests: Bool) throws {
        let server = try TestServer(rests ? Self.resting : .echo, over: transport)
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        let handle = try server.handle()
        handle.send("kicked")
        handle.disconnect("it was impolite")
        #expect(try client.receiveText() == "kicked")
        let end = try server.event(.clientClosed)
        #expect(end.reason == .disconnectedByProgram)
        #expect(end.detail == "it was impolite")
        #expect(!handle.isConnected)
        #expect(!handle.send("late"))
        handle.disconnect()
        handle.drain()
    }

    @Test func aClientIsDisconnectedInItsHandshake() throws {
        let server = try TestServer(.echo, over: .tls)
        let socket = try server.connectSocket()
        try server.handle().disconnect()
        #expect(try socket.receiveAll() == [])
        #expect(try server.event(.clientClosed).reason == .disconnectedByProgram)
    }

    @Test(arguments: Transport.allCases)
    func oneClientDrains(_ transport: Transport) throws {
        let server = try TestServer(Self.resting, over: transport)
        let other = try server.connect()
        #expect(try other.echoes("hello"))
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        let handles = try server.handles()
        try #require(handles.last).drain()
        #expect(try client.receiveText() == "bye")
        #expect(try other.echoes("still here"))
    }

    @Test func aDrainReachesAClientBeforeItsHandler() throws {
        let server = try TestServer(Self.resting, over: .tls)
        let socket = try server.connectSocket()
        try server.handle().drain()
        #expect(try TLSClient(over: socket, name: nil).receiveText() == "bye")
    }

    @Test(arguments: Transport.allCases)
    func aHandleShowsItsClient(_ transport: Transport) async throws {
        let start = time(nil)
        let server = try TestServer(Self.resting, over: transport)
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        try server.wait(for: .resting)
        let handle = try server.handle()
        let info = try #require(await handle.info())
        #expect(info.id == handle.id)
        #expect(info.listener.isTLS == (transport == .tls))
        #expect(info.listener.address.port == server.port)
        #expect(info.localAddress.port == server.port)
        #expect(info.remoteAddress.ip.description == "127.0.0.1")
        #expect(info.hostTag == "Host1")
        #expect((info.tlsVersion != nil) == (transport == .tls))
        #expect((info.tlsCipher != nil) == (transport == .tls))
        #expect(info.phase == .resting)
        #expect(info.bytesIn == 5)
        #expect(info.bytesOut == 5)
        #expect((start - 1...time(nil)).contains(info.since))
        client.endOutput()
        _ = try server.event(.clientClosed)
        #expect(await handle.info() == nil)
    }

    @Test func aHandleKeepsNoConnection() throws {
        let server = try TestServer(.echo)
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        let handle = try server.handle()
        let connection = WeakConnection()
        server.server.workers[0].loop.perform { [server = server.server] in
            connection.set(server.workers[0].clients(from: 0).clients.first)
        }
        try waitUntil("the loop") { connection.isAlive }
        client.endOutput()
        try waitUntil("the connection is gone") { !connection.isAlive }
        #expect(!handle.isConnected)
    }

    /// Also of a client whose handler has not returned.
    @Test func handlesOutliveTheirServer() async throws {
        let gate = Lock<CheckedContinuation<Void, Never>?>(nil)
        let handler = ScriptedHandler { client in
            client.send("hello")
            await withCheckedContinuation { continuation in
                gate.withLock { $0 = continuation }
            }
            return .close
        }
        let server = try TestServer(handler)
        let client = try server.connect()
        #expect(try client.receive(atLeast: 5).count == 5)
        let handle = try server.handle()
        server.stop()
        let engine = server.server
        #expect(!handle.isConnected)
        #expect(!handle.send("late"))
        handle.disconnect()
        handle.drain()
        #expect(await handle.info() == nil)
        #expect(await engine.handles(ofLoop: 0, from: 0).handles.isEmpty)
        #expect(await engine.handle(ofClient: handle.id) == nil)
        #expect(await engine.disconnectAll { _ in true } == 0)
        engine.sendToAll([1])
        gate.withLock { $0?.resume() }
    }

    private final class WeakConnection: Sendable {
        private struct Reference {
            weak var connection: Connection?
        }
        private let reference = Lock(Reference())

        var isAlive: Bool { reference.withLock { $0.connection != nil } }

        func set(_ connection: Connection?) { reference.withLock { $0.connection = connection } }
    }
}
