import Glibc
import TLS
import Testing

/// How established connections end.
@Suite struct EndingTests {
    let maker: HostMaker
    let connection: Connection
    let client: TestClient

    init() throws {
        maker = try HostMaker()
        let host = try maker.host("a.example")
        connection = try Connection(Hosts([:], fallback: host), context: host.context)
        client = try TestClient(socket: connection.peer)
        #expect(connection.handshake(with: client).client == .done)
        // Takes in the ticket: closing a socket that holds unread bytes resets it.
        #expect(client.read().step == .waits)
    }

    @Test func closeNotifyIsACleanEnd() {
        client.shutdown()
        connection.closePeer()
        #expect(connection.read().result == .end)
        #expect(connection.read().result == .end)
    }

    @Test func lastBytesComeBeforeTheEnd() {
        #expect(client.write([1, 2]).count == 2)
        client.shutdown()
        connection.closePeer()
        #expect(connection.read().bytes == [1, 2])
        #expect(connection.read().result == .end)
    }

    @Test func anEndWithoutCloseNotifyIsTruncation() {
        #expect(client.write([1, 2]).count == 2)
        connection.closePeer()
        #expect(connection.read().bytes == [1, 2])
        #expect(connection.read().result == .truncated)
    }

    @Test func shutdownTellsThePeer() {
        connection.session.shutdown(socket: connection.socket, port: connection.port)
        #expect(client.read().step == .ended)
        // The other direction stays open.
        #expect(client.write([9]).count == 1)
        #expect(connection.read().bytes == [9])
    }

    @Test func writingToAClosedSocketIsAnErrorAndNoSignal() {
        connection.closePeer()
        // The test runner may ignore the signal; a server may not rely on that.
        let earlier = signal(SIGPIPE, SIG_DFL)
        defer { signal(SIGPIPE, earlier) }
        var result = connection.write([1])
        if case .bytes = result { result = connection.write([1]) }
        #expect(result == .failed(TLSError("connection: broken pipe", code: "system")))
        connection.session.shutdown(socket: connection.socket, port: connection.port)
    }

    @Test func garbageAmongRecordsIsAnError() {
        connection.sendRaw([UInt8](repeating: 0x41, count: 100))
        guard case .failed(let error) = connection.read().result else {
            Issue.record("garbage was read")
            return
        }
        #expect(error.message == "wrong version number")
        connection.session.shutdown(socket: connection.socket, port: connection.port)
    }
}
