import TLS
import Testing

@Suite struct HandshakeTests {
    @Test(arguments: [TLSPolicy.Version.tls12, .tls13])
    func carriesDataBothWays(_ version: TLSPolicy.Version) throws {
        let host = try HostMaker().host("a.example")
        let connection = try Connection(Hosts(["a.example": host]), context: host.context)
        let client = try TestClient(
            socket: connection.peer, name: "a.example", versions: version...version)
        let (server, other) = connection.handshake(with: client)
        #expect(server.identity === host)
        #expect(other == .done)
        #expect(connection.version == (version == .tls12 ? "TLSv1.2" : "TLSv1.3"))
        #expect(connection.cipher.contains("AES"))
        #expect(connection.serverName == "a.example")
        #expect(!connection.isResumed)

        #expect(client.write(Array("hello".utf8)[...]).count == 5)
        let (result, bytes) = connection.read()
        #expect(result == .bytes(5))
        #expect(bytes == Array("hello".utf8))
        #expect(connection.port.drained)
        #expect(connection.write(bytes[...]) == .bytes(5))
        #expect(client.read().bytes == bytes)
    }

    @Test func releasesTheIdentityWithTheSession() throws {
        weak var identity: TLSIdentity?
        weak var port: TLSPort?
        do {
            let host = try HostMaker().host("a.example")
            let connection = try Connection(Hosts([:], fallback: host), context: host.context)
            let client = try TestClient(socket: connection.peer)
            #expect(connection.handshake(with: client).client == .done)
            (identity, port) = (host, connection.port)
            #expect(identity != nil)
        }
        #expect(identity == nil)
        #expect(port == nil)
    }
}
