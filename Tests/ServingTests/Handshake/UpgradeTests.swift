import Glibc
import HandlerAPI
import TestSupport
import Testing

@testable import Serving

/// `startTLS`: what plain clients of a host with `AuthSslCmd` can become.
@Suite struct UpgradeTests {
    /// Answers lines: `STARTTLS` as SMTP does, any other with itself and the TLS version.
    private static let lines = ScriptedHandler { client in
        var buffer: [UInt8] = []
        while try await client.read({ for index in $0.indices { buffer.append($0[index]) } }) {
            while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeFirst(end + 1)
                if line == "STARTTLS" {
                    try await client.write("220 go ahead\n")
                    try await client.startTLS(unread: buffer.count)
                } else if client.requiresTLS {
                    try await client.write("530 STARTTLS first\n")
                } else {
                    try await client.write("250 \(line) over \(client.tlsVersion ?? "nothing")\n")
                }
            }
        }
        return .close
    }

    private static func server(
        _ upgrade: Host.Upgrade = .init(isOffered: true), _ handler: ScriptedHandler = lines
    ) throws -> TestServer {
        try TestServer(handler, upgrade: upgrade, handshakeTimeout: .milliseconds(500))
    }

    private func ask(_ client: any TestClient, _ line: String) throws -> String {
        try client.send("\(line)\n")
        var answer: [UInt8] = []
        while answer.last != UInt8(ascii: "\n") {
            let bytes = try client.receive()
            if bytes.isEmpty { break }
            answer += bytes
        }
        return String(decoding: answer, as: UTF8.self)
    }

    @Test(arguments: [TLSClient.Version.tls12, .tls13])
    func aPlainClientBecomesATLSClient(_ version: TLSClient.Version) throws {
        let server = try Self.server()
        let socket = try server.connectSocket()
        #expect(try ask(socket, "one") == "250 one over nothing\n")
        #expect(try ask(socket, "STARTTLS") == "220 go ahead\n")
        let client = try TLSClient(over: socket, name: "a.test", version: version)
        #expect(try ask(client, "two") == "250 two over \(client.version)\n")
        #expect(client.serverCertificate == "/CN=a.test")
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
        #expect(try ask(client, String(decoding: large, as: UTF8.self)).utf8.count > 300_000)
        client.endOutput()
        #expect(try client.receiveAll() == [])
        let end = try server.event(.clientClosed)
        #expect(end.reason == .peerClosed)
        #expect(end.client?.tlsVersion == client.version)
        #expect(end.client?.serverName == "a.test")
    }

    @Test func clientsThatStayPlainAreServedBesideOthers() throws {
        let server = try Self.server()
        let plain = try server.connectSocket()
        let socket = try server.connectSocket()
        #expect(try ask(socket, "STARTTLS") == "220 go ahead\n")
        let encrypted = try TLSClient(over: socket, name: nil)
        for _ in 0..<3 {
            #expect(try ask(plain, "p") == "250 p over nothing\n")
            #expect(try ask(encrypted, "e") == "250 e over \(encrypted.version)\n")
        }
    }

    /// The STARTTLS injection: what stands behind the request, in the clear, is never answered.
    @Test func whatIsPipelinedBehindTheRequestEndsTheClient() throws {
        let server = try Self.server()
        let socket = try server.connectSocket()
        try socket.send("STARTTLS\nEVIL\n")
        #expect(try socket.receiveText() == "220 go ahead\n")
        let failure = try server.event(.handshakeFailed)
        #expect(failure.reason == .handshakeFailed)
        #expect(failure.detail == "more came in the clear than the request for TLS")
    }

    /// The same in a packet of its own, which only the TLS engine can see.
    @Test func whatIsPipelinedInASecondPacketEndsTheClient() throws {
        let server = try Self.server()
        let socket = try server.connectSocket()
        #expect(try ask(socket, "STARTTLS") == "220 go ahead\n")
        try socket.send("EVIL\n")
        #expect(try socket.receiveAll() == [])
        #expect(try server.event(.handshakeFailed).reason == .handshakeFailed)
    }

    /// Nobody in the middle of another protocol waits for an answer of HTTP.
    @Test func plainHTTPInPlaceOfTheHandshakeIsNoted() throws {
        let server = try Self.server()
        let socket = try server.connectSocket()
        #expect(try ask(socket, "STARTTLS") == "220 go ahead\n")
        try socket.send("GET / HTTP/1.1\r\n\r\n")
        #expect(try socket.receiveAll() == [])
        let failure = try server.event(.handshakeFailed)
        #expect(failure.detail == "plain HTTP came to an SSL port")
    }

    /// The first byte of a ClientHello alone, and then all the rest.
    @Test func aClientHelloMayComeInPieces() throws {
        let server = try Self.server()
        let socket = try server.connectSocket()
        #expect(try ask(socket, "STARTTLS") == "220 go ahead\n")
        let hello = ClientHello.bytes
        for piece in [hello[..<1], hello[1..<7], hello[7..<60], hello[60...]] {
            try socket.send(Array(piece))
        }
        // A record with the ServerHello.
        #expect(try socket.receive(atLeast: 3).prefix(2) == [22, 3])
    }

    @Test func aHandshakeThatDoesNotComeRunsOutOfTime() throws {
        let server = try Self.server()
        let socket = try server.connectSocket()
        #expect(try ask(socket, "STARTTLS") == "220 go ahead\n")
        #expect(try socket.receiveAll() == [])
        #expect(try server.event(.handshakeFailed).reason == .handshakeTimeout)
    }

    @Test func aPeerThatDisappearsInTheHandshakeIsNoted() throws {
        let server = try Self.server()
        let socket = try server.connectSocket()
        #expect(try ask(socket, "STARTTLS") == "220 go ahead\n")
        try socket.send([22, 3, 1])
        socket.close()
        let failure = try server.event(.handshakeFailed)
        #expect(failure.detail == "the peer disconnected during the handshake")
    }

    @Test(arguments: [false, true])
    func onlyHostsThatOfferItStartTLS(_ isTLS: Bool) throws {
        let handler = ScriptedHandler { client in
            _ = try await client.read { _ in }
            do {
                try await client.startTLS(unread: 0)
            } catch ClientError.tlsNotOffered {
                try await client.write("not offered: \(client.offersTLS)")
            }
            return .close
        }
        let server = try TestServer(
            handler, over: isTLS ? .tls : .plain, upgrade: .init(isOffered: isTLS))
        let client = try server.connect()
        try client.send("x")
        #expect(try client.receiveText() == "not offered: false")
    }

    @Test func aHandlerSeesWhetherTLSIsRequired() throws {
        let server = try Self.server(.init(isOffered: true, isRequired: true))
        let socket = try server.connectSocket()
        #expect(try ask(socket, "one") == "530 STARTTLS first\n")
        #expect(try ask(socket, "STARTTLS") == "220 go ahead\n")
        let client = try TLSClient(over: socket, name: nil)
        #expect(try ask(client, "one").hasPrefix("250 one over TLS"))
    }

    /// A broken handshake can neither be caught and forgotten nor tried again.
    @Test(
        arguments: [{ .close }, { .closeAtOnce }, { .rest }, { .abort }]
            as [@Sendable () -> Afterwards])
    func nothingGoesOverAConnectionWhoseHandshakeFailed(
        _ afterwards: @escaping @Sendable () -> Afterwards
    ) throws {
        let handler = ScriptedHandler { client in
            try? await client.startTLS(unread: 0)
            client.send(Array("plain after all".utf8).span)
            try? await client.startTLS(unread: 0)
            return afterwards()
        }
        let server = try Self.server(.init(isOffered: true), handler)
        let socket = try server.connectSocket()
        try socket.send("this is no ClientHello")
        #expect(try socket.receiveAll() == [])
        #expect(try server.event(.handshakeFailed).reason == .handshakeFailed)
    }

    @Test func theEndOfTheDrainPeriodEndsAHandshake() throws {
        let server = try Self.server()
        let socket = try server.connectSocket()
        #expect(try ask(socket, "STARTTLS") == "220 go ahead\n")
        server.drain()
        server.server.cut()
        #expect(try socket.receiveAll() == [])
        #expect(try server.event(.clientClosed).reason == .drained)
    }
}
