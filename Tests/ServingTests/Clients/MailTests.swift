import EventLoops
import Glibc
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// Messages to a client whose output something else has, or may never have again.
@Suite struct MailTests {
    /// A chat: each line goes to all, from the handler of the one who sent it.
    @Test(arguments: Transport.allCases, [1, 2])
    func handlersSendToTheClientsOfOthers(_ transport: Transport, _ workers: Int) throws {
        let room = Lock<Set<ClientHandle>>([])
        let handler = ScriptedHandler { client in
            let own = client.handle
            room.withLock { _ = $0.insert(own) }
            defer { room.withLock { _ = $0.remove(own) } }
            try await client.write("+")
            while let line = try await client.readLine() {
                for other in room.withLock({ $0 }) { other.send("\(line)\n") }
            }
            return .close
        }
        let server = try TestServer(handler, over: transport, workers: workers)
        let clients = try (0..<8).map { _ in try server.connect() }
        for client in clients { #expect(try client.receive(atLeast: 1) == [UInt8(ascii: "+")]) }
        for (number, client) in clients.enumerated() { try client.send("from \(number)\n") }
        for client in clients {
            let text = String(decoding: try client.receive(atLeast: 8 * 7), as: UTF8.self)
            #expect(Set(text.split(separator: "\n")) == Set((0..<8).map { "from \($0)" }))
        }
    }

    @Test(arguments: Transport.allCases)
    func aMessageWaitsForTheEndOfAFile(_ transport: Transport) throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        let size = 8 << 20
        let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(number) }
        #expect(ftruncate(number, size) == 0)
        let handler = ScriptedHandler { client in
            _ = try await client.sendFile(number, from: 0, count: size)
            _ = try await client.readLine()
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect(receiveBuffer: 4_096)
        #expect(try client.receive(atLeast: 1).first == 0)
        #expect(try server.handle().send("news"))
        let bytes = try client.receive(atLeast: size + 4 - 65_536)
        client.endOutput()
        let rest = try client.receiveAll()
        let all = bytes + rest
        // What the first receive took is missing.
        #expect(all.suffix(4) == Array("news".utf8)[...])
        #expect(!all.dropLast(4).contains { $0 != 0 })
    }

    /// As for a program, which has the socket.
    @Test func aMessageWaitsUntilTheOutputIsBack() throws {
        let isSent = Lock(false)
        let handler = ScriptedHandler { client in
            guard let connection = client.core as? Connection else { return .abort }
            connection.lendOutput()
            client.send("lent ")
            _ = try await client.readLine()
            client.send("back ")
            connection.takeOutputBack()
            _ = try await client.readLine()
            return .close
        }
        let server = try TestServer(handler)
        let client = try server.connect()
        #expect(try client.receive(atLeast: 5) == Array("lent ".utf8))
        #expect(try server.handle().send("news"))
        isSent.withLock { $0 = true }
        try client.send("go\n")
        #expect(try client.receive(atLeast: 9) == Array("back news".utf8))
    }

    @Test func aMessageWaitsForTheHandshakeOfSTARTTLS() throws {
        let handler = ScriptedHandler { client in
            _ = try await client.readLine()
            try await client.write("go\n")
            try await client.startTLS()
            _ = try await client.readLine()
            return .close
        }
        let server = try TestServer(handler, upgrade: .init(isOffered: true))
        let socket = try server.connectSocket()
        try socket.send("STARTTLS\n")
        #expect(try socket.receive(atLeast: 3) == Array("go\n".utf8))
        let handle = try server.handle()
        try waitUntil("the handshake") { try server.isUpgrading() }
        #expect(handle.send("news"))
        let client = try TLSClient(over: socket, name: nil)
        #expect(try client.receive(atLeast: 4) == Array("news".utf8))
    }

    /// A relay for which a handler waits ends, and the messages follow; one to the end takes none.
    @Test(arguments: [false, true])
    func aRelayIsNotInterrupted(_ isAwaited: Bool) throws {
        let server = try DialingServer(
            .echo, over: .plain, front: .plain, isAwaited: isAwaited)
        let client = try server.front.connect()
        #expect(try client.echoes("hello"))
        try server.front.wait(for: .relaying)
        // Not the connection that was dialed.
        let handles = try server.front.handles()
        #expect(handles.count == 1)
        let handle = try #require(handles.first)
        #expect(handle.send("news") == isAwaited)
        #expect(try client.echoes("again"))
        handle.disconnect()
        _ = try client.receiveToEnd()
        #expect(try server.front.event(.clientClosed).reason == .disconnectedByProgram)
    }

    @Test(arguments: Transport.allCases)
    func nothingIsAcceptedOnceTheHandlerHasEndedOurSide(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            try await client.finishSending()
            _ = try await client.readLine()
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        #expect(try client.receiveAll() == [])
        let handle = try server.handle()
        #expect(!handle.send("late"))
        #expect(handle.isConnected)
        try client.send("\n")
    }

    /// Handles against clients that come and go: any order of calls is safe.
    @Test(arguments: Transport.allCases)
    func randomCallsMeetClosingClients(_ transport: Transport) throws {
        let room = Lock<[ClientHandle]>([])
        let served = Lock(0)
        let handler = ScriptedHandler { client in
            let own = client.handle
            client[Int.self] = served.withLock { count in
                count += 1
                return count
            }
            room.withLock { $0.append(own) }
            while try await client.read({ client.send($0) }) {
                try await client.flush()
                if client.isDraining { return .close }
            }
            return .close
        }
        let server = try TestServer(handler, over: transport, workers: 2)
        let calls = Lock(0)
        let isDone = Lock(false)
        let engine = server.server
        let threads = try (0..<2).map { seed in
            try Thread(name: "calls-\(seed)") {
                var random = SplitMix(seed: UInt64(seed))
                while !isDone.withLock({ $0 }) {
                    guard let handle = room.withLock({ $0.randomElement(using: &random) }) else {
                        continue
                    }
                    calls.withLock { $0 += 1 }
                    switch UInt8.random(in: 0..<200, using: &random) {
                    case 0: handle.disconnect("at random")
                    case 1: handle.drain()
                    case 2..<10: _ = handle.isConnected
                    case 10..<20: engine.sendToAll([1], except: handle.id)
                    case 20..<30: room.withLock { $0.removeAll { !$0.isConnected } }
                    default: handle.send([UInt8](repeating: 1, count: 100))
                    }
                }
            }
        }
        var clients: [any TestClient] = []
        try waitUntil("many calls") {
            if let client = try? server.connect() {
                try? client.send("hello")
                clients.append(client)
            }
            // Some are closed by us, others by the handles.
            if clients.count > 8 { clients.removeFirst().close() }
            return calls.withLock { $0 } > 20_000
        }
        isDone.withLock { $0 = true }
        for thread in threads { thread.join() }
        #expect(served.withLock { $0 } > 0)
    }
}

extension TestServer {
    /// Whether the only client is in the handshake of `startTLS`.
    fileprivate func isUpgrading() throws -> Bool {
        let found = Lock(false)
        let bell = try EventBell()
        server.workers[0].loop.perform { [server] in
            let client = server.workers[0].clients(from: 0).clients.first
            found.withLock { $0 = client?.has(.upgrading) == true }
            bell.ring()
        }
        bell.wait()
        return found.withLock { $0 }
    }
}
