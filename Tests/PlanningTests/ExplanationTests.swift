import Configuration
import NetworkTypes
import Planning
import Testing

@Suite struct ExplanationTests {
    private static let text =
        "[Server]\nMaxClients=9\n"
        + section("Host1", "Hosts=a.test", "BindSslPort=443", "SslSecLevel=6", "KeepAlive=True")
        + section("Host2", "Hosts=b.test,*.b.test", "BindSslPort=443", "BindNonPort=80")
        + section("Host3", "Hosts=c.test", "BindSslPort=443", "HostEnabled=no")
        + "[Host4]\nHosts=d.test\nBindIpAddr=::,unix:/run/d.sock\nBindNonPort=80\nHandler=echo\n"

    private func explain(
        _ target: String, sni: String? = nil, from: String? = nil, down: Int? = nil
    ) throws -> Explanation {
        let (plan, loaded) = plan(Self.text)
        #expect(!loaded.diagnostics.hasErrors)
        let client = Explanation.Client(
            target: try #require(Endpoint(parsing: target)), origin: from.flatMap { IPAddress($0) },
            serverName: sni, applicationProtocol: "h2")
        return Explanation(
            client, plan, keys: KeyLookup(loaded),
            troubles: down.map { [$0: "its trouble"] } ?? [:])
    }

    private func fact(_ name: String, _ explanation: Explanation) -> String? {
        explanation.facts.first { $0.name == name }.map { fact in
            fact.location.map { "\(fact.value) \($0.line)" } ?? fact.value
        }
    }

    @Test(
        arguments: [
            ("a.test", "Host1 (tag Host1) 3", "its name \"a.test\""),
            ("X.b.test", "Host2 (tag Host2) 10", "a wildcard that stands for \"X.b.test\""),
            (
                "z.test", "Host1 (tag Host1) 3",
                "being the default of the listener: nobody has \"z.test\""
            ),
            (
                nil, "Host1 (tag Host1) 3",
                "being the default of the listener: the client asks for no name"
            ),
        ] as [(String?, String, String)])
    func namesTheHostAndWhy(_ sni: String?, _ host: String, _ reason: String) throws {
        let explanation = try explain("127.0.0.1:443", sni: sni)
        #expect(explanation.outcome == .served)
        #expect(fact("host", explanation) == host)
        #expect(fact("chosen by", explanation) == reason)
        #expect(fact("listener", explanation) == "127.0.0.1:443 ssl 7")
    }

    @Test func citesTheLineOfEachKey() throws {
        let explanation = try explain("127.0.0.1:443", sni: "a.test")
        #expect(fact("SslSecLevel", explanation) == "6 8")
        #expect(fact("KeepAlive", explanation) == "True 9")
        #expect(fact("Handler", explanation) == "echo 5")
        #expect(fact("MaxClients", explanation) == "9 2")
        #expect(fact("DrainTimeout", explanation) == "5")
        #expect(fact("certificate", explanation) == "self-made")
        #expect(fact("ALPN", explanation)?.contains("not used") == true)
    }

    @Test func saysWhyTheOthersWereNotChosen() throws {
        let explanation = try explain("127.0.0.1:443", sni: "a.test")
        let reasons = explanation.notChosen.map { "\($0.name): \($0.value)" }
        #expect(
            reasons == [
                "listener 127.0.0.1:80: another port", "listener [::]:80: another port",
                "listener unix:/run/d.sock: another port",
                "host Host2: its names do not fit better",
                "host Host3: it is disabled, and not what the client asks for",
                "1 other hosts: not on this listener",
            ])
    }

    @Test func aHostThatIsDownOrDisabledIsWhyAClientIsRefused() throws {
        let down = try explain("127.0.0.1:443", sni: "b.test", down: 1)
        #expect(down.outcome == .refused)
        #expect(fact("refused", down) == "the host is left out: its trouble")
        let disabled = try explain("127.0.0.1:443", sni: "c.test")
        #expect(disabled.outcome == .refused)
        #expect(fact("refused", disabled)?.hasPrefix("the host is disabled") == true)
    }

    @Test func findsTheListenerOnEveryAddress() throws {
        let explanation = try explain("[2001:db8::1]:80")
        #expect(fact("listener", explanation) == "[::]:80 25")
        #expect(fact("host", explanation)?.hasPrefix("Host4 ") == true)
        #expect(try explain("unix:/run/d.sock").outcome == .served)
    }

    @Test func tellsWhatNobodyListensOn() throws {
        #expect(try explain("127.0.0.2:443").outcome == .unreachable)
        #expect(try explain("127.0.0.1:444").facts.isEmpty)
        let foreign = try explain("127.0.0.1:443", from: "::1")
        #expect(foreign.outcome == .unreachable)
        #expect(fact("unreachable", foreign)?.contains("not of one family") == true)
    }

    @Test func printsTextAndJSON() throws {
        let explanation = try explain("127.0.0.1:80", sni: "x")
        #expect(explanation.text.hasPrefix("served\n  listener"))
        #expect(explanation.text.contains("127.0.0.1:80  c:15\n"), "\(explanation.text)")
        #expect(explanation.text.contains("not chosen:\n  listener 127.0.0.1:443: another port"))
        #expect(explanation.json.hasPrefix("{\n  \"outcome\": \"served\",\n  \"facts\": [\n    {"))
        #expect(explanation.json.contains("\"at\": \"c:15\"}"))
    }

    @Test(arguments: [
        "127.0.0.1", "::1:80", "[127.0.0.1]:80", "a.test:80", "1.2.3.4:99999", "unix:",
    ])
    func refusesWhatIsNoAddress(_ text: String) {
        #expect(Endpoint(parsing: text) == nil)
    }

    @Test(arguments: ["127.0.0.1:80", "[::1]:80", "[fe80::1%eth0]:80", "unix:/a", "unix:@a"])
    func readsAnAddressAsItIsPrinted(_ text: String) {
        #expect(Endpoint(parsing: text)?.description == text)
    }
}
