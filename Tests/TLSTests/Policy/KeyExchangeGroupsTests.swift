import TLS
import Testing

/// Lists of groups are what the library of this machine makes of them.
@Suite struct KeyExchangeGroupsTests {
    @Test(
        arguments: [
            ("X25519:P-256", "X25519:P-256", [], []),
            ("X25519:Nonsense:P-256", "X25519:P-256", ["Nonsense"], []),
            ("P-384:secp384r1:P-384", "P-384", [], ["secp384r1", "P-384"]),
            ("Nonsense", "", ["Nonsense"], []),
            ("", "", [], []),
            ("?Nonsense:*X25519", nil, nil, nil),
        ] as [(String, String?, [String]?, [String]?)])
    func whatIsNotKnownIsLeftOut(
        _ list: String, _ known: String?, _ unknown: [String]?, _ repeated: [String]?
    ) throws {
        let groups = KeyExchangeGroups(list)
        if let known {
            #expect(groups.known == known)
            #expect(groups.unknown == unknown)
            #expect(groups.repeated == repeated)
        } else {
            // The marks of OpenSSL 3.5, which older ones do not know.
            #expect(groups.known == list || groups.known == "X25519")
        }
    }

    @Test func theUsualOnesBeginWithTheHybridWhereThereIsOne() throws {
        let hasHybrid = !KeyExchangeGroups("X25519MLKEM768").known.isEmpty
        let rest = "X25519:P-256:P-384"
        #expect(TLSPolicy.defaultGroups == (hasHybrid ? "X25519MLKEM768/\(rest)" : rest))
        #expect(KeyExchangeGroups.libraryVersion.hasPrefix("3."))
        _ = try TLSContext(policy: TLSPolicy())
    }

    @Test func theGroupOfAConnectionIsKnown() throws {
        let maker = try HostMaker()
        for version in [TLSPolicy.Version.tls12, .tls13] {
            let host = try maker.host("a.example")
            let connection = try Connection(
                Hosts([:], fallback: host), context: host.context)
            let client = try TestClient(
                socket: connection.peer, versions: version...version, groups: "P-384:P-256")
            #expect(connection.handshake(with: client).client == .done)
            #expect(connection.group == "secp384r1")
        }
    }
}
