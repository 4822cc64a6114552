import TLS
import Testing

/// Bulk data through small socket buffers, driven as an edge-triggered event loop drives it.
@Suite struct TransferTests {
    let host: TLSIdentity
    let maker: HostMaker

    init() throws {
        maker = try HostMaker()
        host = try maker.host("a.example")
    }

    /// Echoes what the client sends, and sleeps when an edge-triggered poller would let it: a
    /// wake-up that the session's answers lose leaves it asleep for good.
    private struct EchoServer {
        let connection: Connection
        var rest: [UInt8] = []
        var isReadable = true
        var isWritable = true
        let chunk: Int

        init(_ connection: Connection, chunk: Int) {
            self.connection = connection
            self.chunk = chunk
        }

        /// Works until it would have to wait; says whether it did anything.
        mutating func run() -> Bool {
            var worked = false
            while true {
                if !rest.isEmpty {
                    guard isWritable else { return worked }
                    guard case .bytes(let count) = connection.write(rest[...]) else {
                        isWritable = false
                        continue
                    }
                    if count < rest.count { isWritable = false }
                    rest.removeFirst(count)
                    worked = true
                    continue
                }
                guard isReadable || connection.hasBufferedInput else { return worked }
                let (result, bytes) = connection.read(capacity: chunk)
                switch result {
                case .bytes:
                    worked = true
                    isReadable = !connection.port.drained
                    rest += bytes
                case .wantsRead:
                    isReadable = false
                    return worked
                default:
                    Issue.record("\(result)")
                    return false
                }
            }
        }
    }

    @Test(arguments: [TLSPolicy.Version.tls12, .tls13], 0..<6)
    func echoesThreeMegabytesThroughSmallBuffers(
        _ version: TLSPolicy.Version, _ round: Int
    ) throws {
        let connection = try Connection(
            Hosts([:], fallback: host), context: host.context, sendBuffer: 4608)
        let client = try TestClient(socket: connection.peer, versions: version...version)
        #expect(connection.handshake(with: client).client == .done)

        let total = 3 << 20
        let data = (0..<total).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var server = EchoServer(connection, chunk: [16_384, 1000, 40_000, 7, 5000, 16_385][round])
        if server.chunk == 7 { return try smallReads(server, client) }
        var sent = 0
        var received: [UInt8] = []
        received.reserveCapacity(total)
        var idle = 0
        var size = 0
        var isRetry = false
        while received.count < total, idle < 3 {
            var moved = false
            // What is offered again must not be less (SSL_write(3)).
            if !isRetry { size = Int.random(in: 1...70_000) }
            let (step, count) = client.write(data[sent..<min(sent + size, total)])
            isRetry = step == .waits
            // A failed write may have moved bytes all the same: part of a record.
            server.isReadable = true
            sent += count
            moved = moved || count > 0
            moved = server.run() || moved
            while case let (step, bytes) = client.read(), step == .done {
                received += bytes
                moved = true
            }
            server.isWritable = true
            idle = moved ? 0 : idle + 1
        }
        #expect(received.count == total)
        #expect(received == data)
    }

    private func smallReads(_ server: EchoServer, _ client: TestClient) throws {
        var server = server
        let data = (0..<20_000).map { UInt8(truncatingIfNeeded: $0) }
        var sent = 0
        var received: [UInt8] = []
        for _ in 0..<1000 where received.count < data.count {
            sent += client.write(data[sent..<min(sent + 3000, data.count)]).count
            server.isReadable = true
            _ = server.run()
            while case let (step, bytes) = client.read(), step == .done { received += bytes }
            server.isWritable = true
        }
        #expect(received == data)
    }

    @Test func aShortCountMeansTheSocketIsFull() throws {
        let connection = try Connection(
            Hosts([:], fallback: host), context: host.context, sendBuffer: 4608)
        let client = try TestClient(socket: connection.peer)
        #expect(connection.handshake(with: client).client == .done)
        let data = [UInt8](repeating: 7, count: 200_000)
        var sent = 0
        while case .bytes(let count) = connection.write(data[sent...]) { sent += count }
        #expect(sent < data.count)
        #expect(connection.write(data[sent...]) == .wantsWrite)
    }

    @Test func drainedIsAboutTheLastCallOnly() throws {
        let connection = try Connection(Hosts([:], fallback: host), context: host.context)
        let client = try TestClient(socket: connection.peer)
        #expect(connection.handshake(with: client).client == .done)
        for _ in 0..<2 { #expect(client.write([1, 2, 3, 4]).count == 4) }
        #expect(connection.read().bytes == [1, 2, 3, 4])
        #expect(connection.port.drained)
        #expect(connection.hasBufferedInput)
        // Served from libssl's own buffer: nothing was learnt about the socket.
        #expect(connection.read().bytes == [1, 2, 3, 4])
        #expect(!connection.port.drained)
        #expect(connection.read().result == .wantsRead)
        #expect(connection.port.drained)
    }

    @Test func sessionsOfOnePortDoNotMixUp() throws {
        let port = try TLSPort(ticketKeys: FixedTicketKeys.shared)
        let hosts = Hosts([:], fallback: host)
        let connections = try (0..<8).map { _ in
            try Connection(hosts, context: host.context, port: port)
        }
        let clients = try connections.map { try TestClient(socket: $0.peer) }
        // In turns, so that every handshake is under way at once.
        for _ in 0..<4 {
            for client in clients { _ = client.handshake() }
            for connection in connections { _ = connection.handshake() }
        }
        for (number, client) in clients.enumerated() {
            #expect(client.write([UInt8(number)]).count == 1)
        }
        for (number, connection) in connections.enumerated().reversed() {
            #expect(connection.read().bytes == [UInt8(number)])
        }
    }
}
