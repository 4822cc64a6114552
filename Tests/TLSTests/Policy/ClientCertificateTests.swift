import COpenSSL
import TLS
import TestSupport
import Testing

/// Who must show a certificate, whose is good, and what is known of it.
@Suite struct ClientCertificateTests {
    static let versions: [TLSPolicy.Version] = [.tls12, .tls13]
    static let authority = Result { try ClientAuthority() }
    let authority: ClientAuthority
    let maker: HostMaker

    init() throws {
        authority = try Self.authority.get()
        maker = try HostMaker()
    }

    private func host(
        _ demand: ClientCertificatePolicy.Demand, _ name: String = "a.example",
        authorities: String? = nil, revocations: String? = nil
    ) throws -> TLSIdentity {
        let policy = TLSPolicy(
            clientCertificates: ClientCertificatePolicy(
                demand: demand, authorities: authorities ?? authority.certificate,
                revocations: revocations))
        return try maker.host(name, policy, scope: "one scope for all")
    }

    /// Shakes hands and sends a byte each way, because a client of TLS 1.3 hears of a refusal late.
    private func connect(
        _ hosts: Hosts, _ context: TLSContext, _ version: TLSPolicy.Version,
        name: String = "a.example", _ pair: ClientPair?, offering session: ClientSession? = nil,
        tickets: Bool = true
    ) throws -> Outcome {
        let connection = try Connection(hosts, context: context)
        let client = try TestClient(
            socket: connection.peer, name: name, versions: version...version,
            resuming: session, takesTickets: tickets, certificate: pair)
        let (server, other) = connection.handshake(with: client)
        if let error = server.error {
            return Outcome(error: error.message, alert: other == .done ? client.read().step : other)
        }
        #expect(connection.write([1]) == .bytes(1))
        #expect(client.read().bytes == [1])
        client.shutdown()
        return Outcome(
            certificate: connection.peerCertificate, isResumed: connection.isResumed,
            session: client.session)
    }

    private struct Outcome {
        var error: String?
        var alert: TestClient.Step?
        var certificate: PeerCertificate?
        var isResumed = false
        var session: ClientSession?
    }

    @Test(arguments: versions)
    func aGoodCertificateIsSeen(_ version: TLSPolicy.Version) throws {
        let pair = try authority.pair(
            "alice", "DNS:alice.example,email:a@example,IP:192.0.2.7,URI:x:y")
        for demand in [ClientCertificatePolicy.Demand.optional, .required] {
            let host = try host(demand)
            let outcome = try connect(Hosts([:], fallback: host), host.context, version, pair)
            let certificate = try #require(outcome.certificate)
            #expect(certificate.subject == "CN=alice,O=Example")
            #expect(certificate.commonName == "alice")
            #expect(certificate.issuer == "CN=Clients")
            #expect(
                certificate.alternativeNames == [
                    "DNS:alice.example", "email:a@example", "IP:192.0.2.7", "URI:x:y",
                ])
            let printed = try Command([
                "openssl", "x509", "-in", pair.path, "-noout", "-fingerprint", "-sha256",
            ])
            #expect(
                printed.output.lowercased().replacing(":", with: "").contains(
                    certificate.fingerprint))
            #expect(certificate.fingerprint.count == 64)
        }
    }

    @Test(arguments: versions)
    func anOrganizationCannotPassForACommonName(_ version: TLSPolicy.Version) throws {
        let pair = try authority.pair("mallory", subject: "/O=x,CN=admin/CN=Jürgen/CN=root")
        let host = try host(.required)
        let outcome = try connect(Hosts([:], fallback: host), host.context, version, pair)
        let certificate = try #require(outcome.certificate)
        #expect(certificate.commonName == "Jürgen")
        #expect(certificate.subject == "CN=root,CN=J\\C3\\BCrgen,O=x\\,CN=admin")
    }

    @Test(arguments: versions)
    func withoutACertificate(_ version: TLSPolicy.Version) throws {
        for demand in [ClientCertificatePolicy.Demand.none, .optional] {
            let host = try host(demand)
            let outcome = try connect(Hosts([:], fallback: host), host.context, version, nil)
            #expect(outcome.error == nil)
            #expect(outcome.certificate == nil)
        }
        let host = try host(.required)
        let outcome = try connect(Hosts([:], fallback: host), host.context, version, nil)
        #expect(outcome.error == "peer did not return a certificate")
        let alert = version == .tls13 ? SSL_AD_CERTIFICATE_REQUIRED : SSL_AD_HANDSHAKE_FAILURE
        #expect(outcome.alert == .alert(alert))
    }

    @Test(arguments: versions)
    func aCertificateOfAStrangerIsRefusedEvenWhereNoneIsNeeded(
        _ version: TLSPolicy.Version
    ) throws {
        let stranger = try ClientAuthority().pair("mallory")
        for demand in [ClientCertificatePolicy.Demand.optional, .required] {
            let host = try host(demand)
            let outcome = try connect(Hosts([:], fallback: host), host.context, version, stranger)
            #expect(outcome.error?.hasPrefix("certificate refused: unable to get") == true)
            #expect(outcome.alert == .alert(SSL_AD_UNKNOWN_CA))
        }
    }

    @Test func aHostThatDoesNotAskGetsNone() throws {
        let host = try host(.none)
        let outcome = try connect(
            Hosts([:], fallback: host), host.context, .tls13, try authority.pair("alice"))
        #expect(outcome.error == nil)
        #expect(outcome.certificate == nil)
    }

    @Test(arguments: versions, [0, 1, 2])
    func hostsOfOnePortKeepTheirOwnDemand(_ version: TLSPolicy.Version, _ first: Int) throws {
        let all = [
            try host(.none, "none.example"), try host(.optional, "optional.example"),
            try host(.required, "required.example"),
        ]
        let names = ["none.example", "optional.example", "required.example"]
        let hosts = Hosts(Dictionary(uniqueKeysWithValues: zip(names, all)))
        let pair = try authority.pair("alice")
        for (index, name) in names.enumerated() {
            let context = all[first].context
            let bare = try connect(hosts, context, version, name: name, nil)
            #expect((bare.error == nil) == (index < 2))
            let shown = try connect(hosts, context, version, name: name, pair)
            #expect(shown.error == nil)
            #expect((shown.certificate == nil) == (index == 0))
        }
    }

    @Test(arguments: versions)
    func aRevokedCertificateIsRefused(_ version: TLSPolicy.Version) throws {
        let authority = try ClientAuthority()
        let (good, bad) = (try authority.pair("good"), try authority.pair("bad"))
        let list = try authority.revoke(bad)
        for file in [list.pem, list.der] {
            let host = try host(
                .required, authorities: authority.certificate, revocations: file)
            let hosts = Hosts([:], fallback: host)
            #expect(try connect(hosts, host.context, version, good).error == nil)
            let outcome = try connect(hosts, host.context, version, bad)
            #expect(outcome.error == "certificate refused: certificate revoked")
            #expect(outcome.alert == .alert(SSL_AD_CERTIFICATE_REVOKED))
        }
    }

    @Test func aDirectoryOfAuthoritiesIsReadAndOtherFilesInItAreNot() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write(authority.text, to: "clients.pem")
        _ = try directory.write(try ClientAuthority().text, to: "others.pem")
        _ = try directory.write("who may come in", to: "README")
        let host = try host(.required, authorities: directory.path)
        let hosts = Hosts([:], fallback: host)
        #expect(try connect(hosts, host.context, .tls13, authority.pair("alice")).error == nil)
        #expect(
            try connect(hosts, host.context, .tls13, ClientAuthority().pair("mallory")).error != nil
        )
    }

    @Test func filesThatAreNoneAreNamed() throws {
        let directory = try TemporaryDirectory()
        let text = try directory.write("no certificate", to: "text")
        let good = authority.certificate
        for (authorities, revocations, code, message) in [
            ("/nowhere", nil, "authorities", "\"/nowhere\" cannot be read"),
            (text, nil, "authorities", "has an unknown format"),
            (try TemporaryDirectory().path, nil, "authorities", "cannot be read"),
            (good, "/nowhere", "revocations", "cannot be read: no such file or directory"),
            (good, text, "revocations", "contains no revocation list"),
        ] {
            let error = #expect(throws: TLSError.self) {
                _ = try host(.required, authorities: authorities, revocations: revocations)
            }
            #expect(error?.code == code)
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        }
    }

    /// The boundary that CVE-2025-23419 was about: what was made without a certificate, or with one
    /// that another host trusts, does not open this host.
    @Test(arguments: versions, [true, false])
    func noSessionGetsPastTheDemandForACertificate(
        _ version: TLSPolicy.Version, _ tickets: Bool
    ) throws {
        let open = try host(.none)
        let locked = try host(.required)
        let (before, after) = (Hosts([:], fallback: open), Hosts([:], fallback: locked))
        let first = try connect(before, open.context, version, nil, tickets: tickets)
        // The same host after a reload: same section, same name, same ticket keys.
        let second = try connect(
            after, locked.context, version, nil, offering: first.session, tickets: tickets)
        #expect(second.error == "peer did not return a certificate")
        // Also when the new demand was in force first for another host of the port.
        let shared = Hosts(["a.example": open, "b.example": locked])
        let crossed = try connect(
            shared, open.context, version, name: "b.example", nil, offering: first.session,
            tickets: tickets)
        #expect(crossed.error == "peer did not return a certificate")
    }

    @Test(arguments: versions, [true, false])
    func aSessionWithACertificateComesBackWithIt(
        _ version: TLSPolicy.Version, _ tickets: Bool
    ) throws {
        let host = try host(.required)
        let other = try maker.host("b.example", host.context.policy)
        let hosts = Hosts(["a.example": host, "b.example": other])
        let pair = try authority.pair("alice")
        let first = try connect(hosts, host.context, version, pair, tickets: tickets)
        #expect(!first.isResumed)
        let again = try connect(
            hosts, host.context, version, nil, offering: first.session, tickets: tickets)
        #expect(again.isResumed)
        #expect(again.certificate?.subject == "CN=alice,O=Example")
        // Under the other name it is a new handshake, which needs the certificate again.
        let bare = try connect(
            hosts, host.context, version, name: "b.example", nil, offering: first.session,
            tickets: tickets)
        #expect(bare.error == "peer did not return a certificate")
        let shown = try connect(
            hosts, host.context, version, name: "b.example", pair, offering: first.session,
            tickets: tickets)
        #expect(shown.error == nil)
        #expect(!shown.isResumed)
    }

    @Test(arguments: versions)
    func aNewRevocationListEndsSessions(_ version: TLSPolicy.Version) throws {
        let authority = try ClientAuthority()
        let pair = try authority.pair("alice")
        let empty = try authority.revoke(nil)
        let host = try host(
            .required, authorities: authority.certificate, revocations: empty.pem)
        let first = try connect(Hosts([:], fallback: host), host.context, version, pair)
        #expect(first.error == nil)
        // The same path, read again.
        _ = try authority.revoke(pair)
        let reloaded = try self.host(
            .required, authorities: authority.certificate, revocations: empty.pem)
        let second = try connect(
            Hosts([:], fallback: reloaded), reloaded.context, version, pair,
            offering: first.session)
        #expect(second.error == "certificate refused: certificate revoked")
    }
}
