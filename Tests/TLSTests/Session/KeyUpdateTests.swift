import TLS
import Testing

/// Messages after the handshake that hold nothing for the application.
@Suite struct KeyUpdateTests {
    @Test func aFloodOfThemTakesOneCallOnlySoFar() throws {
        let maker = try HostMaker()
        let host = try maker.host("a.example")
        let connection = try Connection(Hosts([:], fallback: host), context: host.context)
        let client = try TestClient(socket: connection.peer)
        #expect(connection.handshake(with: client).client == .done)
        let flood = client.keyUpdates(6_000, then: [1, 2, 3])
        #expect(flood.count > 2 * 65_536)
        connection.sendRaw(flood)
        // Each call stops after 64 KiB and says that there is more.
        #expect(connection.read().result == .again)
        #expect(connection.read().result == .again)
        // What came after the flood is not lost.
        #expect(connection.read().bytes == [1, 2, 3])
        #expect(connection.read().result == .wantsRead)
    }
}
