import COpenSSL
import TLS
import Testing

/// ALPN: what a host speaks is chosen by the host's own order, whatever context a session began with.
@Suite struct ApplicationProtocolTests {
    static let versions: [TLSPolicy.Version] = [.tls12, .tls13]
    let hosts: Hosts
    let contexts: [TLSContext]

    init() throws {
        let maker = try HostMaker()
        func host(
            _ name: String, _ protocols: [String], acceptsAny: Bool = false
        ) throws -> TLSIdentity {
            try maker.host(
                name,
                TLSPolicy(applicationProtocols: protocols, acceptsAnyProtocol: acceptsAny))
        }
        let web = try host("web.example", ["h2", "http/1.1"])
        let mail = try host("mail.example", ["imap"])
        let other = try host("other.example", [])
        let open = try host("open.example", [], acceptsAny: true)
        hosts = Hosts([
            "web.example": web, "mail.example": mail, "other.example": other,
            "open.example": open,
        ])
        contexts = [web, mail, other].map(\.context)
    }

    private func offer(
        _ protocols: [String], to name: String, _ version: TLSPolicy.Version, _ context: TLSContext
    ) throws -> (server: String?, client: String?, step: TestClient.Step, error: String?) {
        let connection = try Connection(hosts, context: context)
        let client = try TestClient(
            socket: connection.peer, name: name, versions: version...version,
            protocols: protocols)
        let (server, step) = connection.handshake(with: client)
        return (
            connection.applicationProtocol, client.applicationProtocol, step, server.error?.message
        )
    }

    @Test(arguments: versions, [0, 1, 2])
    func theOrderOfTheHostDecides(_ version: TLSPolicy.Version, _ first: Int) throws {
        for (offers, chosen) in [
            (["http/1.1", "h2"], "h2"), (["x", "http/1.1"], "http/1.1"), ([], nil),
        ] {
            let result = try offer(offers, to: "web.example", version, contexts[first])
            #expect(result.step == .done)
            #expect(result.server == chosen)
            #expect(result.client == chosen)
        }
    }

    @Test(arguments: versions, [0, 1, 2])
    func nothingInCommonIsRefused(_ version: TLSPolicy.Version, _ first: Int) throws {
        for (offers, name) in [
            (["h2"], "mail.example"), (["imap", "x"], "web.example"), (["h2"], "other.example"),
        ] {
            let result = try offer(offers, to: name, version, contexts[first])
            #expect(result.step == .alert(SSL_AD_NO_APPLICATION_PROTOCOL))
        }
    }

    @Test func whatWasOfferedIsTold() throws {
        for (name, offers, text) in [
            (
                "other.example", ["h2", "x"],
                "it offers \"h2\", \"x\" by ALPN, and the host speaks none"
            ),
            (
                "web.example", ["x"],
                "it offers \"x\" by ALPN, and the host speaks only h2, http/1.1"
            ),
        ] {
            let error = try offer(offers, to: name, .tls13, contexts[0]).error
            #expect(error == "no application protocol: \(text): SslAlpnProtocols allows others")
        }
        let many = try offer((1...9).map { "p\($0)" }, to: "other.example", .tls13, contexts[0])
        #expect(many.error?.contains("\"p5\" and 4 more by ALPN") == true)
    }

    @Test(arguments: versions, [0, 1, 2])
    func aHostWithoutProtocolsServesWhoOffersNone(
        _ version: TLSPolicy.Version, _ first: Int
    ) throws {
        let result = try offer([], to: "other.example", version, contexts[first])
        #expect(result.step == .done)
        #expect(result.client == nil)
    }

    @Test(arguments: versions, [0, 1, 2])
    func aHostThatAcceptsAnyAgreesOnNone(_ version: TLSPolicy.Version, _ first: Int) throws {
        let result = try offer(["h2"], to: "open.example", version, contexts[first])
        #expect(result.step == .done)
        #expect(result.client == nil)
    }
}
