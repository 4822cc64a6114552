import Configuration
import Planning
import Testing

@Suite struct ServerNameTableTests {
    /// Hosts on one SSL port by their `Hosts=`; those that begin with `-` are disabled.
    private func table(_ hosts: [String], first key: String? = nil) throws -> ServerNameTable {
        let text = hosts.enumerated().map { index, names in
            let isEnabled = !names.hasPrefix("-")
            return section(
                "Host\(index)", "Hosts=\(isEnabled ? names : String(names.dropFirst()))",
                "HostEnabled=\(isEnabled)", "BindSslPort=443", index == 0 ? key ?? "" : "")
        }.joined()
        let (plan, loaded) = plan(text)
        #expect(!loaded.diagnostics.hasErrors)
        return ServerNameTable(endpoint: try #require(plan.endpoints.first), hosts: plan.hosts)
    }

    @Test(
        arguments: [
            ("b.test", 1), ("B.TEST", 1), ("b.test.", 1), ("x.b.test", 2), ("X.B.Test.", 2),
            ("x.y.b.test", 0), ("test", 0), ("", 0), (".", 0), (".b.test", 0), ("other.org", 0),
            ("b.test..", 0), ("www.b.test", 3), ("192.0.2.1", 4), (nil, 0),
        ] as [(String?, Int)])
    func choosesTheExactNameThenTheWildcardThenTheDefault(_ name: String?, _ expected: Int) throws {
        let table = try table(["a.test", "b.test", "*.b.test", "www.b.test", "192.0.2.1"])
        #expect(table.choose(name, isUp: { _ in true }) == .host(expected))
    }

    @Test(
        arguments: [("a.test", 0), ("b.test", 1), ("x.b.test", 1), ("other.org", 2), (nil, 2)]
            as [(String?, Int)])
    func aCatchAllGoesBeforeTheDefault(_ name: String?, _ expected: Int) throws {
        let table = try table(["a.test", "b.test,*.b.test", "*"])
        #expect(table.choose(name, isUp: { _ in true }) == .host(expected))
    }

    @Test(
        arguments: [
            ("a.test", 0, .refuse(host: 0)), ("b.test", 0, .host(1)),
            ("other.org", 0, .refuse(host: 0)), (nil, 0, .refuse(host: 0)),
            ("b.test", 1, .refuse(host: 1)), ("x.c.test", 2, .refuse(host: 2)),
            ("other.org", 1, .host(0)), (nil, 1, .host(0)),
        ] as [(String?, Int, ServerNameTable.Choice)])
    func refusesTheNamesOfAHostThatIsDown(
        _ name: String?, _ down: Int, _ expected: ServerNameTable.Choice
    ) throws {
        let table = try table(["a.test", "b.test", "*.c.test"])
        #expect(table.choose(name, isUp: { $0 != down }) == expected)
    }

    @Test(
        arguments: [
            ("a.test", .host(0)), ("b.test", .host(1)), ("other.org", .refuse(host: 0)),
            (nil, .refuse(host: 0)), ("", .refuse(host: 0)),
        ] as [(String?, ServerNameTable.Choice)])
    func aDefaultHostMayRejectUnknownNames(
        _ name: String?, _ expected: ServerNameTable.Choice
    ) throws {
        let table = try table(["a.test", "b.test"], first: "SslUnknownName=reject")
        #expect(table.choose(name, isUp: { _ in true }) == expected)
    }

    @Test func noNameIsUnknownWhereAHostHasThemAll() throws {
        let table = try table(["a.test", "*"], first: "SslUnknownName=reject")
        #expect(table.choose("other.org", isUp: { _ in true }) == .host(1))
        #expect(table.choose(nil, isUp: { _ in true }) == .host(1))
    }

    @Test func aCatchAllThatIsDownIsNotReplacedByTheDefault() throws {
        let table = try table(["a.test", "*"])
        #expect(table.choose("other.org", isUp: { $0 != 1 }) == .refuse(host: 1))
        #expect(table.choose(nil, isUp: { $0 != 1 }) == .refuse(host: 1))
        #expect(table.choose("a.test", isUp: { $0 != 1 }) == .host(0))
    }

    @Test(
        arguments: [
            ("a.test", .refuse(host: 0)), ("x.a.test", .refuse(host: 0)),
            ("b.test", .host(1)), ("other.org", .host(1)), (nil, .host(1)),
        ] as [(String?, ServerNameTable.Choice)])
    func refusesTheNamesOfADisabledHost(_ name: String?, _ expected: ServerNameTable.Choice) throws
    {
        let table = try table(["-a.test,*.a.test,b.test", "b.test"])
        #expect(table.choose(name, isUp: { _ in true }) == expected)
    }

    @Test(arguments: ["x.a.test", "other.org"])
    func anEnabledHostKeepsTheWildcardsThatADisabledOneHasToo(_ name: String) throws {
        let table = try table(["-*.a.test,*", "*.a.test,*"])
        #expect(table.choose(name, isUp: { _ in true }) == .host(1))
    }

    @Test func aDisabledCatchAllRefusesWhatNobodyElseHas() throws {
        let table = try table(["a.test", "-*"])
        #expect(table.choose("other.org", isUp: { _ in true }) == .refuse(host: 1))
        #expect(table.choose("a.test", isUp: { _ in true }) == .host(0))
    }

    @Test func anEndpointWithoutHostsRefusesEveryone() throws {
        let plan = plan(section("Host1", "Hosts=a.test", "BindSslPort=443")).plan
        let first = try #require(plan.endpoints.first)
        let empty = PlannedEndpoint(
            address: first.address, isTLS: true, hosts: [], disabledHosts: [],
            location: first.location)
        let table = ServerNameTable(endpoint: empty, hosts: plan.hosts)
        #expect(table.choose("a.test", isUp: { _ in true }) == .refuse(host: nil))
    }
}
