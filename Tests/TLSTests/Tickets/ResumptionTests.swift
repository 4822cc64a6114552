import TLS
import Testing

/// Sessions come back under the host and name they were made for, and nowhere else: those of tickets,
/// and those of clients that take none, which TLS 1.2 knows by an id.
@Suite struct ResumptionTests {
    static let versions: [TLSPolicy.Version] = [.tls12, .tls13]
    let maker: HostMaker
    let hosts: Hosts
    let context: TLSContext

    init() throws {
        maker = try HostMaker()
        let first = try maker.host("a.example")
        let second = try maker.host("b.example")
        context = first.context
        hosts = Hosts(["a.example": first, "alias.example": first, "b.example": second])
    }

    /// One connection: data once both ways, then the client's session.
    private func connect(
        _ name: String?, _ version: TLSPolicy.Version, offering session: ClientSession? = nil,
        tickets: Bool
    ) throws -> (identity: TLSIdentity?, resumed: Bool, name: String?, session: ClientSession?) {
        let connection = try Connection(hosts, context: context)
        let client = try TestClient(
            socket: connection.peer, name: name, versions: version...version, resuming: session,
            takesTickets: tickets)
        let (server, other) = connection.handshake(with: client)
        #expect(other == .done)
        #expect(connection.isResumed == client.isResumed)
        #expect(connection.write([1, 2, 3]) == .bytes(3))
        #expect(client.read().bytes == [1, 2, 3])
        client.shutdown()
        return (server.identity, connection.isResumed, connection.serverName, client.session)
    }

    @Test(arguments: versions, [true, false])
    func resumesUnderTheSameName(_ version: TLSPolicy.Version, _ tickets: Bool) throws {
        let first = try connect("a.example", version, tickets: tickets)
        #expect(!first.resumed)
        let second = try connect("a.example", version, offering: first.session, tickets: tickets)
        #expect(second.resumed)
        #expect(second.identity === hosts.identities["a.example"])
        #expect(second.name == "a.example")
    }

    /// A ticket of TLS 1.3 is good once: each resumed connection brings the next.
    @Test(arguments: versions)
    func resumesAgainAndAgain(_ version: TLSPolicy.Version) throws {
        var last = try connect("a.example", version, tickets: true)
        for _ in 0..<4 {
            last = try connect("a.example", version, offering: last.session, tickets: true)
            #expect(last.resumed)
        }
    }

    @Test(arguments: versions, [true, false])
    func neverResumesUnderAnotherHost(_ version: TLSPolicy.Version, _ tickets: Bool) throws {
        let first = try connect("a.example", version, tickets: tickets)
        let second = try connect("b.example", version, offering: first.session, tickets: tickets)
        #expect(!second.resumed)
        #expect(second.identity === hosts.identities["b.example"])
        #expect(second.name == "b.example")
    }

    @Test(arguments: versions, [true, false])
    func neverResumesUnderAnotherNameOfTheHost(_ version: TLSPolicy.Version, _ tickets: Bool) throws
    {
        let first = try connect("a.example", version, tickets: tickets)
        #expect(
            try !connect("alias.example", version, offering: first.session, tickets: tickets)
                .resumed)
    }
}
