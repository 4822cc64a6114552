import TLS
import Testing

/// First messages that no TLS client should send.
@Suite struct BadHelloTests {
    let maker: HostMaker
    let host: TLSIdentity
    let connection: Connection

    init() throws {
        maker = try HostMaker()
        host = try maker.host("a.example")
        connection = try Connection(Hosts([:], fallback: host), context: host.context)
    }

    /// A TLS 1.2 ClientHello in as many records as it takes.
    private static func hello(_ extensions: [(type: Int, bytes: [UInt8])]) -> [UInt8] {
        func two(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
        let always: [(type: Int, bytes: [UInt8])] = [
            (10, [0, 2, 0, 23]), (11, [1, 0]), (13, [0, 4, 4, 3, 5, 3]),
        ]
        let list = (always + extensions).flatMap { two($0.type) + two($0.bytes.count) + $0.bytes }
        var body: [UInt8] = [3, 3] + [UInt8](repeating: 5, count: 32) + [0]
        body += [0, 2, 0xc0, 0x2b, 1, 0] + two(list.count) + list
        let message = [1, 0] + two(body.count) + body
        return stride(from: 0, to: message.count, by: 16_384).flatMap { start in
            let part = message[start..<min(start + 16_384, message.count)]
            return [22, 3, 1] + two(part.count) + part
        }
    }

    @Test func plainHTTPIsNamed() {
        connection.sendRaw(Array("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".utf8))
        let error = connection.handshake().error
        #expect(error == TLSError("http request", code: "http-request"))
    }

    @Test func garbageIsAnError() {
        connection.sendRaw([UInt8](repeating: 0xee, count: 64))
        #expect(connection.handshake().error?.code == "wrong-version-number")
    }

    @Test func randomBytesNeverHurt() throws {
        for _ in 0..<300 {
            let connection = try Connection(Hosts([:], fallback: host), context: host.context)
            var bytes = Self.hello([(0, ServerNameExtensionTests.encoded([97, 98, 99]))])
            for _ in 0..<Int.random(in: 1...5) {
                bytes[Int.random(in: 0..<bytes.count)] = .random(in: 0...255)
            }
            connection.sendRaw(bytes)
            connection.closePeer()
            if case .done = connection.handshake() { Issue.record("\(bytes)") }
        }
    }

    @Test func aPeerThatLeavesIsClosed() {
        connection.sendRaw([22, 3, 1])
        guard case .wantsRead = connection.handshake() else {
            Issue.record("did not wait")
            return
        }
        connection.closePeer()
        guard case .closed = connection.handshake() else {
            Issue.record("did not see the end")
            return
        }
    }

    @Test func alertsOfThePeerAreNamed() throws {
        let client = try TestClient(socket: connection.peer, verifies: true)
        let (server, _) = connection.handshake(with: client)
        #expect(server.error == TLSError("peer sent alert: unknown ca", code: "alert"))
    }

    @Test func helloArrivesByteByByte() {
        for byte in Self.hello([(0, ServerNameExtensionTests.encoded([97, 98, 99]))]) {
            guard case .wantsRead = connection.handshake() else {
                Issue.record("did not wait")
                return
            }
            connection.sendRaw([byte])
        }
        guard case .wantsRead = connection.handshake() else {
            Issue.record("did not answer")
            return
        }
        #expect(connection.serverName == "abc")
    }

    @Test(arguments: [16_000, 40_000])
    func aLargeHelloIsAnswered(_ size: Int) {
        connection.sendRaw(Self.hello([(21, [UInt8](repeating: 0, count: size))]))
        let step = connection.handshake()
        #expect(step.isWaiting)
        #expect(connection.session.identity === host)
    }

    @Test func aNameWithNULIsRefused() {
        connection.sendRaw(Self.hello([(0, ServerNameExtensionTests.encoded([97, 0, 98]))]))
        #expect(connection.handshake().error?.message == "server name with a NUL byte")
        #expect(connection.session.identity == nil)
    }

    @Test func aNameOf300BytesIsRefused() {
        let name = [UInt8](repeating: 97, count: 300)
        connection.sendRaw(Self.hello([(0, ServerNameExtensionTests.encoded(name))]))
        #expect(
            connection.handshake().error
                == TLSError(
                    "server name of 300 bytes, at most 255 are possible", code: "malformed"))
    }

    @Test func noCommonCipherIsNamed() throws {
        let client = try TestClient(
            socket: connection.peer, versions: .tls12 ... .tls12, groups: "P-521")
        let (server, _) = connection.handshake(with: client)
        #expect(server.error?.code == "no-shared-cipher")
    }
}
