import Configuration
import HandlerAPI
import NetworkTypes
import Planning
import Testing

/// What the golden cases do not show; see ``GoldenCaseTests`` for the rules.
@Suite struct PlannerTests {
    @Test func knowsThePortThatAskedForAnEndpointFirst() throws {
        let text =
            section("Host1", "Hosts=a.test", "BindSslPort=443")
            + section("Host2", "Hosts=b.test", "BindSslPort=443")
        let endpoint = try #require(plan(text).plan.endpoints.first)
        #expect(endpoint.location == Place(file: "c", line: 5, column: 13))
        #expect(endpoint.hosts == [0, 1])
    }

    @Test func keepsDisabledHostsInTheirPlaceAndOffTheDefault() throws {
        let text =
            section("Host1", "Hosts=a.test", "BindSslPort=443", "HostEnabled=0")
            + section("Host2", "Hosts=b.test", "BindSslPort=443")
        let plan = plan(text).plan
        #expect(plan.hosts.map(\.section) == ["Host1", "Host2"])
        #expect(plan.endpoints.map(\.hosts) == [[1]])
        #expect(plan.endpoints.map(\.disabledHosts) == [[0]])
    }

    @Test func aFreePortIsZero() {
        let text = section("Host1", "Hosts=a.test", "BindNonPort=auto", "BindSslPort=auto")
        let endpoints = plan(text).plan.endpoints
        #expect(endpoints.map(\.address.port) == [0, 0])
        #expect(endpoints.map(\.isTLS) == [false, true])
    }

    @Test func aHostThatNamesAnAddressTwiceListensOnce() {
        var host = HostSettings(section: "Host1", location: Place(file: "c", line: 1, column: 1))
        let any = ListenAddress.ip(.anyV4, zone: nil)
        host.addresses = [.init(any, at: host.location), .init(any, at: host.location)]
        host.plainPort = .init(.number(80), at: host.location)
        var disabled = host
        disabled.isEnabled = false
        let settings = Settings(server: ServerSettings(), hosts: [host, disabled])
        let (plan, diagnostics) = Planner.plan(settings)
        #expect(plan.endpoints.map(\.hosts) == [[0]])
        #expect(plan.endpoints.map(\.disabledHosts) == [[1]])
        #expect(diagnostics.isEmpty)
    }

    /// The requests of a web host name theirs, so that another may take the connection.
    @Test(arguments: [
        (["web", "redirect", "echo"], [0, 1]), (["echo", "web"], [0]), (["redirect"], [0]),
    ])
    func webHostsStandInForEachOtherOnAPlainPort(_ handlers: [String], _ expected: [Int]) {
        let place = Place(file: "c", line: 1, column: 1)
        let hosts = handlers.enumerated().map { number, handler in
            var host = HostSettings(section: "Host\(number)", location: place)
            host.handler = Located(handler, at: place)
            host.traits = HandlerTraits(speaksHTTP: handler != "echo")
            return host
        }
        let endpoint = PlannedEndpoint(
            address: Endpoint(SocketAddress(.anyV4, port: 80)), isTLS: false,
            hosts: Array(hosts.indices), disabledHosts: [], location: place)
        #expect(endpoint.plainHosts(hosts) == expected)
        for down in expected.indices {
            let choice = endpoint.choosePlain(hosts) { $0 > expected[down] }
            let next = expected.dropFirst(down + 1).first
            #expect(choice == next.map { .host($0) } ?? .refuse(host: 0))
        }
    }

    @Test func plansWhatCouldBeReadOfAFileWithMistakes() {
        let text =
            section("Host1", "Hosts=a.test", "BindSslPort=x", "BindNonPort=80")
            + section("Host2", "Hosts=b.test", "BindSslPort=80")
        let (plan, loaded) = plan(text)
        #expect(loaded.diagnostics.count(.error) == 2)
        #expect(plan.endpoints.count == 1)
    }

    @Test(.timeLimit(.minutes(10)), arguments: [false, true])
    func readsAndPlansTenThousandHosts(_ share: Bool) {
        let text = (1...10_000).map { number in
            section(
                "IcsHost\(number)", "Hosts=h\(number).test,*.h\(number).test",
                "BindSslPort=\(share ? 443 : number)")
        }.joined()
        let (plan, loaded) = plan(text)
        #expect(loaded.told.isEmpty)
        #expect(plan.endpoints.count == (share ? 1 : 10_000))
    }

    /// The way into a circle is none, however long, and each circle is told once.
    @Test func findsTheCircleAtTheEndOfALongWay() {
        let count = 4_000
        let text = (0..<count).map { number in
            let next = number == count - 1 ? number - 1 : number + 1
            return "[Host\(number)]\nBindIpAddr=127.0.0.1\nHosts=h\(number).test\n"
                + "BindNonPort=7000\nWebRedirectURL=http://h\(next).test:7000/\n"
        }
        let (_, loaded) = plan(text.joined())
        // No handler of these tests redirects, which is told, too.
        let told = loaded.told.filter { !$0.contains("has no effect") }
        #expect(told.count == 1)
        #expect(
            told.first?.contains("WebRedirectURL redirects clients to [Host3999], which") == true
        )
    }

    @Test func tellsWhomADisabledHostOfEveryNameRefuses() {
        let (_, loaded) = plan(
            section("Host1", "Hosts=a.test", "BindSslPort=443")
                + section("Host2", "Hosts=*", "BindSslPort=443", "HostEnabled=0"))
        let notes = loaded.diagnostics.sorted().filter { $0.message.contains("ask for no name") }
        #expect(notes.map(\.location.line) == [9])
    }
}
