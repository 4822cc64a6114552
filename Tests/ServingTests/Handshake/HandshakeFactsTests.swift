import HandlerAPI
import TLS
import TestSupport
import Testing

@testable import Serving

/// What a handler learns about the handshake of its client.
@Suite struct HandshakeFactsTests {
    /// Tells what it sees.
    private static let mirror = ScriptedHandler { client in
        let facts = [
            client.applicationProtocol, client.certificate?.subject, client.certificate?.issuer,
            client.certificate?.alternativeNames.joined(separator: "+"),
            client.certificate.map { "\($0.fingerprint.count)" },
        ].map { $0 ?? "-" }
        try await client.write(facts.joined(separator: " "))
        return .close
    }

    private let directory: TemporaryDirectory
    private let certificates: Certificates

    init() throws {
        directory = try TemporaryDirectory()
        certificates = try Certificates(in: directory)
    }

    private func server(over transport: Transport = .tls) throws -> TestServer {
        try TestServer(
            Self.mirror, over: transport,
            policy: TLSPolicy(
                applicationProtocols: ["chat/2", "chat/1"],
                clientCertificates: ClientCertificatePolicy(
                    demand: .optional, authorities: certificates.authority)))
    }

    private func openssl(_ server: TestServer, _ words: [String]) throws -> Command {
        try Command(
            ["openssl", "s_client", "-connect", "127.0.0.1:\(server.port)", "-quiet"] + words)
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func theCertificateAndTheProtocol(_ version: String) throws {
        let pair = try certificates.pair("client.test", "other.test")
        let shown = ["-cert", pair.certificate, "-key", pair.key]
        let client = try openssl(server(), shown + [version, "-alpn", "chat/1,chat/2"])
        #expect(
            client.output
                == "chat/2 CN=client.test CN=Test authority DNS:client.test+DNS:other.test 64")
    }

    @Test func nothingWhereNothingWasShown() throws {
        #expect(try openssl(server(), []).output == "- - - - -")
        #expect(try openssl(server(), ["-alpn", "chat/1"]).output == "chat/1 - - - -")
        let plain = try server(over: .plain)
        #expect(try plain.connect().receiveText() == "- - - - -")
        plain.drain()
    }

    @Test func aProtocolThatNobodySpeaksIsRefused() throws {
        let server = try server()
        let client = try openssl(server, ["-alpn", "h2"])
        #expect(client.output == "")
        #expect(client.errors.contains("alert no application protocol"), "\(client.errors)")
        #expect(try server.event(.handshakeFailed).reason == .handshakeFailed)
    }

    @Test func aBadCertificateIsNamedInTheRecord() throws {
        let server = try server()
        let other = try TemporaryDirectory()
        let pair = try Certificates(in: other).pair("mallory.test")
        let client = try openssl(server, ["-cert", pair.certificate, "-key", pair.key])
        #expect(client.output == "")
        let failure = try server.event(.handshakeFailed)
        #expect(failure.detail.hasPrefix("certificate refused: "), "\(failure.detail)")
    }
}
