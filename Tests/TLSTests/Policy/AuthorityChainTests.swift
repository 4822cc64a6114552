import COpenSSL
import TLS
import TestSupport
import Testing

/// Authorities of clients that have authorities of their own, and the revocation lists of both.
@Suite struct AuthorityChainTests {
    private let directory: TemporaryDirectory
    private let maker: HostMaker
    private let databases: [String: RevocationDatabase]

    /// A root, an intermediate of it, and a client of that one; the names of issuers with and without
    /// the identifier of a key, by which libcrypto finds a list or does not.
    init() throws {
        directory = try TemporaryDirectory()
        maker = try HostMaker()
        let files = directory
        databases = try Dictionary(
            uniqueKeysWithValues: ["root", "middle", "other"].map { name in
                (
                    name,
                    try RevocationDatabase(
                        in: files, name: name, certificate: files("\(name).pem"),
                        key: files("\(name).key"))
                )
            })
        try issue("root")
        try issue("middle", by: "root")
        try issue("other", by: "root")
        try issue("client", by: "middle")
    }

    private func issue(_ name: String, by issuer: String? = nil) throws {
        var words = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes",
            "-days", "2", "-subj", "/CN=\(name)", "-keyout", directory("\(name).key"), "-out",
            directory("\(name).pem"),
        ]
        if let issuer {
            words += [
                "-CA", directory("\(issuer).pem"), "-CAkey", directory("\(issuer).key"),
            ]
        }
        try Command.succeed(words)
    }

    private func revoke(_ name: String, by issuer: String) throws {
        try #require(databases[issuer]).revoke(directory("\(name).pem"))
    }

    /// Writes the lists of some authorities into one file.
    private func lists(of issuers: [String], withIDs: Bool) throws -> String {
        var text = ""
        for issuer in issuers {
            try #require(databases[issuer])
                .writeList(to: directory("\(issuer).crl"), withKeyID: withIDs)
            text += try directory.read("\(issuer).crl")
        }
        return try directory.write(text, to: "lists.pem")
    }

    private func connect(
        trusting authorities: [String], lists issuers: [String], withIDs: Bool,
        sends chain: [String] = []
    ) throws -> (error: String?, alert: TestClient.Step) {
        let trusted = try authorities.map { try directory.read("\($0).pem") }.joined()
        let policy = TLSPolicy(
            clientCertificates: ClientCertificatePolicy(
                demand: .required, authorities: try directory.write(trusted, to: "trusted.pem"),
                revocations: issuers.isEmpty ? nil : try lists(of: issuers, withIDs: withIDs)))
        let host = try maker.host("a.example", policy)
        let connection = try Connection(Hosts([:], fallback: host), context: host.context)
        let shown = try (["client"] + chain).map { try directory.read("\($0).pem") }.joined()
        let client = try TestClient(
            socket: connection.peer,
            certificate: ClientPair(
                directory: directory, path: try directory.write(shown, to: "shown.pem"),
                key: directory("client.key")))
        let (server, step) = connection.handshake(with: client)
        return (server.error?.message, step == .done ? client.read().step : step)
    }

    @Test(
        arguments: [
            (["root", "middle"], ["root", "middle"], []),
            (["root"], ["root", "middle"], ["middle"]),
            (["middle"], ["middle"], []),
            (["middle"], ["middle", "root"], []),
            (["middle"], [], []),
            (["root", "middle"], [], []),
            (["middle", "other"], ["middle", "other"], []),
        ] as [([String], [String], [String])], [true, false])
    func aValidClientIsServed(
        _ sets: ([String], [String], [String]), _ withIDs: Bool
    ) throws {
        let outcome = try connect(
            trusting: sets.0, lists: sets.1, withIDs: withIDs, sends: sets.2)
        #expect(outcome.error == nil)
    }

    @Test(
        arguments: [["root", "middle"], ["middle"]], [true, false])
    func aRevokedClientIsNot(_ authorities: [String], _ withIDs: Bool) throws {
        try revoke("client", by: "middle")
        let outcome = try connect(
            trusting: authorities, lists: authorities, withIDs: withIDs)
        #expect(outcome.error == "certificate refused: certificate revoked")
        #expect(outcome.alert == .alert(SSL_AD_CERTIFICATE_REVOKED))
    }

    @Test(arguments: [true, false])
    func anIntermediateThatItsRootRevokesIsNotTrusted(_ withIDs: Bool) throws {
        try revoke("middle", by: "root")
        for (authorities, chain) in [(["root", "middle"], []), (["root"], ["middle"])] {
            let outcome = try connect(
                trusting: authorities, lists: ["root", "middle"], withIDs: withIDs, sends: chain)
            #expect(outcome.error == "certificate refused: certificate revoked")
        }
    }

    /// Beside one that has no root here, too.
    @Test(arguments: [true, false])
    func whatIsRevokedIsNotTrustedBesideOneWithoutARoot(_ withIDs: Bool) throws {
        try issue("leaf", by: "other")
        try issue("deeper", by: "middle")
        try revoke("client", by: "middle")
        let outcome = try connect(
            trusting: ["client", "middle", "other"], lists: ["middle", "other"], withIDs: withIDs)
        #expect(outcome.error?.hasPrefix("certificate refused: ") == true)
    }

    @Test func aMissingListIsNamedInWords() throws {
        let outcome = try connect(
            trusting: ["root"], lists: ["root"], withIDs: false, sends: ["middle"])
        #expect(outcome.error == "certificate refused: unable to get certificate CRL")
        #expect(outcome.alert == .alert(SSL_AD_UNKNOWN_CA))
    }

    @Test func aListOfAnotherKeyIsNamedInWords() throws {
        // Another authority that took the same name.
        let text = try directory.read("middle.pem")
        try issue("middle", by: "root")
        let lists = try lists(of: ["middle"], withIDs: false)
        _ = try directory.write(text, to: "middle.pem")
        let policy = TLSPolicy(
            clientCertificates: ClientCertificatePolicy(
                demand: .required, authorities: directory("middle.pem"), revocations: lists))
        let host = try maker.host("a.example", policy)
        let connection = try Connection(Hosts([:], fallback: host), context: host.context)
        let client = try TestClient(
            socket: connection.peer,
            certificate: ClientPair(
                directory: directory, path: directory("client.pem"), key: directory("client.key")))
        let server = connection.handshake(with: client).server
        #expect(server.error?.message == "certificate refused: CRL signature failure")
    }
}
