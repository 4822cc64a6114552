import ExampleSupport
import Testing

@Suite struct ClientCertificatesTests {
    private let authority: TestAuthority
    private let server: RunningExample

    init() throws {
        let authority = try TestAuthority()
        self.authority = authority
        server = try RunningExample("ClientCertificates") { port in
            ["127.0.0.1", "\(port)", authority.certificate]
        }
    }

    @Test func aClientIsKnownByItsCertificate() async throws {
        let client = try await server.connect(
            tls: TLSSettings(serverName: "any.example", certificate: authority.issue("alice")))
        #expect(try await client.readLine() == "welcome, alice")
    }

    @Test(arguments: [true, false])
    func othersAreRefused(_ hasCertificate: Bool) async throws {
        let stranger = try TestAuthority()
        let certificate = hasCertificate ? try stranger.issue("mallory") : nil
        // With TLS 1.3, a client reads the refusal after its own side of the handshake.
        await #expect(throws: TestClientError.self) {
            let client = try await server.connect(
                tls: TLSSettings(serverName: "any.example", certificate: certificate))
            _ = try await client.readLine()
        }
    }
}
