import COpenSSL
import TLS
import Testing

/// Who is chosen, and that what is chosen holds.
@Suite struct IdentityTests {
    let maker: HostMaker

    init() throws {
        maker = try HostMaker()
    }

    @Test func showsEachNameItsOwnCertificate() throws {
        let hosts = Hosts([
            "a.example": try maker.host("a.example"),
            "b.example": try maker.host("b.example"),
        ])
        let context = try TLSContext(policy: .level(5))
        var shown: Set<[UInt8]> = []
        for (name, host) in hosts.identities {
            let connection = try Connection(hosts, context: context)
            let client = try TestClient(socket: connection.peer, name: name)
            #expect(connection.handshake(with: client).server.identity === host)
            shown.insert(client.serverCertificate)
        }
        #expect(shown.count == 2)
        #expect(!shown.contains([]))
    }

    @Test(arguments: [TLSPolicy.Version.tls12, .tls13])
    func refusesAnUnknownNameWithTheAlert(_ version: TLSPolicy.Version) throws {
        let host = try maker.host("a.example")
        let connection = try Connection(Hosts(["a.example": host]), context: host.context)
        let client = try TestClient(
            socket: connection.peer, name: "Other.Example", versions: version...version)
        let (server, other) = connection.handshake(with: client)
        guard case .refused(serverName: "Other.Example") = server else {
            Issue.record("\(server)")
            return
        }
        #expect(other == .alert(SSL_AD_UNRECOGNIZED_NAME))
    }

    @Test func asksTheChooserAboutAMissingName() throws {
        let host = try maker.host("a.example")
        let connection = try Connection(Hosts([:], fallback: host), context: host.context)
        let client = try TestClient(socket: connection.peer)
        #expect(connection.handshake(with: client).server.identity === host)
        #expect(connection.serverName == nil)
    }

    /// A policy belongs to the host, whichever host the connection started with.
    @Test(arguments: [true, false])
    func keepsTheVersionsOfHostsThatShareAPort(_ startsWithTLS13: Bool) throws {
        let old = try maker.host("old.example", .level(8))
        let new = try maker.host("new.example", .level(9))
        let hosts = Hosts(["old.example": old, "new.example": new])
        let context = startsWithTLS13 ? new.context : old.context
        func attempt(
            _ name: String, _ versions: ClosedRange<TLSPolicy.Version>
        ) throws -> (version: String?, client: TestClient.Step) {
            let connection = try Connection(hosts, context: context)
            let client = try TestClient(
                socket: connection.peer, name: name, versions: versions)
            let (server, other) = connection.handshake(with: client)
            return (server.identity == nil ? nil : connection.version, other)
        }
        #expect(try attempt("old.example", .tls12 ... .tls13).version == "TLSv1.2")
        #expect(try attempt("new.example", .tls12 ... .tls13).version == "TLSv1.3")
        let tooNew = try attempt("old.example", .tls13 ... .tls13)
        #expect(tooNew.version == nil)
        #expect(tooNew.client == .alert(SSL_AD_PROTOCOL_VERSION))
        let tooOld = try attempt("new.example", .tls12 ... .tls12)
        #expect(tooOld.version == nil)
        #expect(tooOld.client == .alert(SSL_AD_PROTOCOL_VERSION))
    }

    @Test(arguments: [true, false])
    func keepsTheCiphersAndGroupsOfHostsThatShareAPort(_ startsWithFirst: Bool) throws {
        let chacha = try maker.host(
            "chacha.example",
            TLSPolicy(
                cipherList: "ECDHE-ECDSA-CHACHA20-POLY1305",
                cipherSuites: "TLS_CHACHA20_POLY1305_SHA256", groups: "P-256"))
        let aes = try maker.host(
            "aes.example",
            TLSPolicy(
                cipherList: "ECDHE-ECDSA-AES256-GCM-SHA384",
                cipherSuites: "TLS_AES_256_GCM_SHA384", groups: "P-384"))
        let hosts = Hosts(["chacha.example": chacha, "aes.example": aes])
        for version in [TLSPolicy.Version.tls12, .tls13] {
            for (name, cipher, group) in [
                // In TLS 1.2 the client must also list the curve of the certificate.
                ("chacha.example", "CHACHA20", "P-256"), ("aes.example", "AES", "P-384:P-256"),
            ] {
                let context = (startsWithFirst ? chacha : aes).context
                let connection = try Connection(hosts, context: context)
                let client = try TestClient(
                    socket: connection.peer, name: name, versions: version...version,
                    groups: group)
                #expect(connection.handshake(with: client).client == .done)
                #expect(connection.cipher.contains(cipher))

                let other = try Connection(hosts, context: context)
                let stranger = try TestClient(
                    socket: other.peer, name: name, versions: version...version, groups: "P-521")
                #expect(other.handshake(with: stranger).client == .alert(SSL_AD_HANDSHAKE_FAILURE))
            }
        }
    }

    @Test func answersARepeatedClientHelloAlike() throws {
        let first = try maker.host("a.example")
        let second = try maker.host("b.example", .level(9))
        let hosts = Hosts(["a.example": first, "b.example": second])
        let connection = try Connection(hosts, context: first.context)
        // A key share for a group the server has not: HelloRetryRequest.
        let client = try TestClient(
            socket: connection.peer, name: "b.example", groups: "P-521:X25519")
        let (server, other) = connection.handshake(with: client)
        #expect(server.identity === second)
        #expect(other == .done)
    }

    @Test func appliesTheSecurityLevelOfTheHost() throws {
        let low = try maker.host("low.example", .level(5))
        let high = try TLSContext(policy: .level(7))
        // Made for a lower level: P-256 is not enough for 192 bits.
        let mixed = TLSIdentity(
            certificate: low.source, context: high, sessionScope: [1])
        let connection = try Connection(Hosts([:], fallback: mixed), context: low.context)
        let client = try TestClient(socket: connection.peer, name: "x.example")
        let (server, other) = connection.handshake(with: client)
        #expect(server.error?.message == "ee key too small")
        #expect(other == .alert(SSL_AD_INTERNAL_ERROR))
    }

    @Test func serversOnManyThreadsShareIdentities() async throws {
        let hosts = Hosts([
            "a.example": try maker.host("a.example"),
            "b.example": try maker.host("b.example", .level(9)),
        ])
        let context = try TLSContext(policy: .level(5))
        let total = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { Self.handshakes(hosts, context) }
            }
            return await group.reduce(0, +)
        }
        #expect(total == 4 * 10 * 2)
    }

    private static func handshakes(_ hosts: Hosts, _ context: TLSContext) -> Int {
        guard let port = try? TLSPort(ticketKeys: FixedTicketKeys.shared) else { return 0 }
        var total = 0
        for _ in 0..<10 {
            for (name, host) in hosts.identities {
                guard let connection = try? Connection(hosts, context: context, port: port),
                    let client = try? TestClient(socket: connection.peer, name: name)
                else { return 0 }
                if connection.handshake(with: client).server.identity === host { total += 1 }
            }
        }
        return total
    }
}
