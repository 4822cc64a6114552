import NetworkTypes
import TestSupport
import Testing

@testable import SocketServer

/// Hosts in code with TLS.
@Suite struct CertificateTests {
    private func host(
        _ name: String, port: ReservedPort, _ certificate: Certificate, word: String
    ) -> IcsHost {
        IcsHost(
            [name], on: ["127.0.0.1"], ssl: .number(port.number), certificate: certificate,
            handler: EchoHost.greeting(word))
    }

    @Test func aSelfMadeCertificateNeedsNoFile() async throws {
        let server = SocketServer([
            IcsHost(["a.test"], on: ["127.0.0.1"], ssl: 0, handler: EchoHost.greeting("tls"))
        ])
        let listener = try #require(try await server.listen().first)
        #expect(listener.isTLS)
        let port = try #require(listener.address?.port)
        let client = try TLSClient(to: "127.0.0.1", port: port, name: "a.test")
        #expect(try client.receive("tls\n"))
        #expect(client.serverCertificate.contains("a.test"))
        await server.drain(within: .zero)
    }

    @Test func theServerNameDecidesTheHost() async throws {
        let (directory, port) = (try TemporaryDirectory(), try ReservedPort())
        let certificates = try Certificates(in: directory)
        let a = try certificates.pair("a.test")
        _ = try certificates.pair("b.test")
        let text = try directory.read("b.test.pem") + directory.read("b.test.key")
        let server = SocketServer([
            host("a.test", port: port, .files(a.certificate, key: a.key), word: "a"),
            host("b.test", port: port, .pem(text), word: "b"),
        ])
        try await server.listen()
        #expect(server.listeners.count == 1)
        for name in ["a", "b"] {
            let client = try TLSClient(
                to: "127.0.0.1", port: port.number, name: "\(name).test")
            #expect(try client.receive("\(name)\n"))
        }
        await server.drain(within: .zero)
    }

    @Test func aRenewedFileIsUsedForNewClients() async throws {
        let (directory, port) = (try TemporaryDirectory(), try ReservedPort())
        let certificates = try Certificates(in: directory)
        let old = try certificates.pair("a.test")
        _ = try certificates.pair("b.test")
        let server = SocketServer([
            host("*", port: port, .files(old.certificate, key: old.key), word: "hello")
        ])
        try await server.listen()
        for kind in ["key", "pem"] {
            try directory.write(directory.read("b.test.\(kind)"), to: "a.test.\(kind)")
        }
        try waitUntil("the new certificate") {
            let client = try TLSClient(to: "127.0.0.1", port: port.number)
            return client.serverCertificate == "/CN=b.test"
        }
        await server.drain(within: .zero)
    }

    @Test func aMissingKeyIsReportedAtItsHost() async throws {
        let port = try ReservedPort()
        let directory = try TemporaryDirectory()
        let pair = try Certificates(in: directory).pair("a.test")
        let server = SocketServer([
            host(
                "a.test", port: port, .files(pair.certificate, key: directory("none.key")),
                word: "a")
        ])
        let error = await #expect(throws: ListenError.self) { try await server.listen() }
        guard case .hosts(let hosts)? = error else {
            throw TestFailure("\(error, default: "none")")
        }
        #expect(hosts[0].reasons[0].contains("none.key"))
        #expect(hosts[0].place?.contains("CertificateTests.swift") == true)
    }
}
