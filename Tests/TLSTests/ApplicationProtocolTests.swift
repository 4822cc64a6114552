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
        func host(_ name: String, _ protocols: [String]) throws -> TLSIdentity {
            try maker.host(name, TLSPolicy(applicationProtocols: protocols))
        }
        let web = try host("web.example", ["h2", "http/1.1"])
        let mail = try host("mail.example", ["imap"])
        let other = try host("other.example", [])
        hosts = Hosts(["web.example": web, "mail.example": mail, "other.example": other])
        contexts = [web, mail, other].map(\.context)
    }

    private func offer(
        _ protocols: [String], to name: String, _ version: TLSPolicy.Version, _ context: TLSContext
    ) throws -> (server: String?, client: String?, step: TestClient.Step) {
        let connection = try Connection(hosts, context: context)
        let client = try TestClient(
            socket: connection.peer, name: name, versions: version...version,
            protocols: protocols)
        let step = connection.handshake(with: client).client
        return (connection.applicationProtocol, client.applicationProtocol, step)
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
        for (offers, name) in [(["h2"], "mail.example"), (["imap", "x"], "web.example")] {
            let result = try offer(offers, to: name, version, contexts[first])
            #expect(result.step == .alert(SSL_AD_NO_APPLICATION_PROTOCOL))
        }
    }

    @Test(arguments: versions, [0, 1, 2])
    func aHostWithoutProtocolsIgnoresOffers(_ version: TLSPolicy.Version, _ first: Int) throws {
        let result = try offer(["h2"], to: "other.example", version, contexts[first])
        #expect(result.step == .done)
        #expect(result.client == nil)
    }
}
