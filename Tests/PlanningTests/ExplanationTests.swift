import Configuration
import HandlerAPI
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
        _ target: String, sni: String? = nil, from: String? = nil, down: Int? = nil,
        protocols: [String] = []
    ) throws -> Explanation {
        let (plan, loaded) = plan(Self.text)
        #expect(!loaded.diagnostics.hasErrors)
        let client = Explanation.Client(
            target: try #require(Endpoint(parsing: target)), origin: from.flatMap { IPAddress($0) },
            serverName: sni, applicationProtocols: protocols)
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
            ("a.test", "Host1 (tag Host1) 3", "its name \"a.test\" 6"),
            ("X.b.test", "Host2 (tag Host2) 10", "a wildcard that matches \"X.b.test\" 13"),
            ("x.b.test.", "Host2 (tag Host2) 10", "a wildcard that matches \"x.b.test.\" 13"),
            (
                "z.test", "Host1 (tag Host1) 3",
                "the default of the listener: no host has \"z.test\" 7"
            ),
            (
                nil, "Host1 (tag Host1) 3",
                "the default of the listener: the client sends no server name 7"
            ),
        ] as [(String?, String, String)])
    func namesTheHostAndWhy(_ sni: String?, _ host: String, _ reason: String) throws {
        let explanation = try explain("127.0.0.1:443", sni: sni)
        #expect(explanation.outcome == .served)
        #expect(fact("host", explanation) == host)
        #expect(fact("chosen by", explanation) == reason)
        #expect(fact("listener", explanation) == "127.0.0.1:443 ssl 7")
    }

    @Test func aNameThatTheHandshakeRefusesIsNobodys() throws {
        let explanation = try explain("127.0.0.1:443", sni: "$(id).test")
        #expect(explanation.outcome == .refused)
        #expect(
            fact("chosen by", explanation)
                == "no host: the handshake refuses \"$(id).test\", which is not a host name 7")
        #expect(
            fact("chosen by", try explain("127.0.0.1:443", sni: "Bücher.test"))?
                .hasSuffix("; clients send xn--bcher-kva.test 7") == true)
    }

    @Test func citesTheLineOfEachKey() throws {
        let explanation = try explain("127.0.0.1:443", sni: "a.test")
        #expect(fact("SslSecLevel", explanation) == "sslSrvSecHigh128 8")
        #expect(fact("KeepAlive", explanation) == "True 9")
        #expect(fact("Handler", explanation) == "echo 5")
        #expect(fact("MaxClients", explanation) == "9 2")
        #expect(fact("DrainTimeout", explanation) == "5")
        #expect(fact("certificate", explanation) == "self-made")
        let offering = try explain("127.0.0.1:443", sni: "a.test", protocols: ["h2"])
        #expect(
            fact("refused", offering)
                == "ALPN: the handler \"echo\" speaks none by name, not \"h2\" 5")
    }

    @Test(arguments: [
        ("*", "ALPN", "SslAlpnProtocols accepts any: none is negotiated 6"),
        ("x, h2", "ALPN", "\"h2\": SslAlpnProtocols speaks x, h2 6"),
        ("x", "refused", "ALPN: SslAlpnProtocols speaks x, not \"h2\" 6"),
    ])
    func aHostMayTakeOtherProtocols(_ value: String, _ key: String, _ text: String) throws {
        let (plan, loaded) = plan(
            section("Host1", "Hosts=a.test", "BindSslPort=443", "SslAlpnProtocols=\(value)"))
        let client = Explanation.Client(
            target: try #require(Endpoint(parsing: "127.0.0.1:443")), origin: nil,
            serverName: nil, applicationProtocols: ["h2"])
        let explanation = Explanation(client, plan, keys: KeyLookup(loaded), troubles: [:])
        #expect(fact(key, explanation) == text)
    }

    @Test func aDrainPeriodOfTheHostGoesBeforeThatOfTheServer() throws {
        let (plan, loaded) = plan(
            "[Server]\nDrainTimeout=1\n"
                + section("Host1", "Hosts=a.test", "BindNonPort=80", "DrainTimeout=3"))
        let client = Explanation.Client(
            target: try #require(Endpoint(parsing: "127.0.0.1:80")), origin: nil, serverName: nil)
        let explanation = Explanation(client, plan, keys: KeyLookup(loaded), troubles: [:])
        #expect(fact("DrainTimeout", explanation) == "3 8")
    }

    /// A plain port whose clients may ask for TLS.
    @Test func aPortWithAnUpgradeHasItsPolicy() throws {
        let (plan, loaded) = plan(
            section(
                "Host1", "Hosts=a.test", "BindNonPort=80", "AuthSslCmd=True", "AuthForceSsl=True",
                "SslCert=/c.pem", "SslSecLevel=9"))
        let client = Explanation.Client(
            target: try #require(Endpoint(parsing: "127.0.0.1:80")), origin: nil, serverName: nil)
        let explanation = Explanation(client, plan, keys: KeyLookup(loaded), troubles: [:])
        #expect(fact("AuthSslCmd", explanation) == "True 6")
        #expect(fact("AuthForceSsl", explanation) == "True 7")
        #expect(fact("SslCert", explanation) == "/c.pem 8")
        #expect(fact("SslSecLevel", explanation)?.hasSuffix(" 9") == true)
    }

    /// Each file in another place, as the daemon reads them.
    @Test func citesTheFileAndLineThatDecidedEachKey() throws {
        let files = [
            "/etc/i/hosts.conf": """
            [Host2]
            Hosts=b.test,*.b.test,${NAME}
            HostTag=TWO
            BindIpAddr=127.0.0.1
            BindSslPort=${PORT:-443}
            SslCert=C:\\certs\\b.pem
            WebDocDir=/srv
            HostEnabled=True
            """,
            "/etc/i/conf.d/limits.conf": "[Server]\nMaxClients=7\nDrainTimeout=${NONE:-}\n",
        ]
        let main = """
            [PathMap]
            C:\\certs=/etc/certs
            [Server]
            Include=hosts.conf
            HandshakeTimeout=${TIME}
            KeepAliveTimeSec=33
            """
        let surroundings = Surroundings(
            files: .init(
                read: { path in Array((files[path] ?? "").utf8) },
                matching: { $0.hasSuffix("conf.d/*.conf") ? ["/etc/i/conf.d/limits.conf"] : [] },
                identity: { $0 }),
            variable: { ["NAME": "c.test", "TIME": "3s"][$0] })
        let documents = HandlerKey("WebDocDir", .path, default: nil, help: "")
        let web = HandlerDeclaration(
            name: "web",
            keys: [
                documents,
                HandlerKey("KeepAliveTimeSec", .integer(0...99), default: 10, help: ""),
                HandlerKey("Index", .list, default: ["a", "b"], help: ""),
            ], traits: HandlerTraits(impliedBy: [.keys(documents)]))
        let loaded = LoadedConfiguration(
            bytes: Array(main.utf8), file: "/etc/i/main.conf", handlers: [web],
            surroundings: surroundings)
        #expect(loaded.told == [])
        let client = Explanation.Client(
            target: try #require(Endpoint(parsing: "127.0.0.1:443")), origin: nil,
            serverName: "c.test")
        let (plan, _) = Planner.plan(loaded.settings)
        let explanation = Explanation(client, plan, keys: KeyLookup(loaded), troubles: [:])
        let expected = [
            "listener": "127.0.0.1:443 ssl hosts.conf:5",
            "chosen by": "its name \"c.test\" hosts.conf:2",
            "host": "Host2 (tag TWO) hosts.conf:1", "HostTag": "TWO hosts.conf:3",
            "Hosts": "b.test,*.b.test,c.test hosts.conf:2", "BindSslPort": "443 hosts.conf:5",
            "Handler": "web hosts.conf:7", "SslCert": "/etc/certs/b.pem hosts.conf:6",
            "SslSecLevel": "sslSrvSecHigh", "WebDocDir": "/srv hosts.conf:7",
            "KeepAliveTimeSec": "33 main.conf:6", "Index": "a,b",
            "MaxClients": "7 conf.d/limits.conf:2", "HandshakeTimeout": "3s main.conf:5",
            "DrainTimeout": "5",
        ]
        for (name, value) in expected {
            let fact = explanation.facts.first { $0.name == name }
            let place = fact?.location.map { " \($0.file.dropFirst("/etc/i/".count)):\($0.line)" }
            #expect((fact?.value ?? "") + (place ?? "") == value, "\(name)")
        }
    }

    @Test func aSecretIsNotShown() throws {
        let (plan, loaded) = plan(
            section("Host1", "Hosts=a.test", "BindSslPort=443", "SslPassword=x1", "SslCert=/c")
                + "SslKey=-----BEGIN X-----QUJD-----END X-----\n")
        let client = Explanation.Client(
            target: try #require(Endpoint(parsing: "127.0.0.1:443")), origin: nil, serverName: nil)
        let text = Explanation(client, plan, keys: KeyLookup(loaded), troubles: [:]).text
        #expect(text.contains("(set)  c:6\n") && !text.contains("x1"))
        #expect(text.contains("(inline)  c:8\n") && !text.contains("QUJD"))
    }

    @Test(
        arguments: [
            ("www.b.test", "host Host2: an exact name takes precedence over its wildcard"),
            ("www.b.test", "host Host3: a matching name takes precedence over its *"),
            ("x.b.test", "host Host1: none of its names matches"),
            (nil, "host Host2: it is not the default of the listener"),
        ] as [(String?, String)])
    func saysWhichNameWins(_ name: String?, _ expected: String) throws {
        let (plan, loaded) = plan(
            section("Host1", "Hosts=www.b.test", "BindSslPort=443")
                + section("Host2", "Hosts=*.b.test", "BindSslPort=443")
                + section("Host3", "Hosts=*", "BindSslPort=443"))
        let client = Explanation.Client(
            target: try #require(Endpoint(parsing: "127.0.0.1:443")), origin: nil,
            serverName: name)
        let explanation = Explanation(client, plan, keys: KeyLookup(loaded), troubles: [:])
        #expect(explanation.notChosen.map { "\($0.name): \($0.value)" }.contains(expected))
    }

    @Test func saysWhyTheOthersWereNotChosen() throws {
        let explanation = try explain("127.0.0.1:443", sni: "a.test")
        let reasons = explanation.notChosen.map { "\($0.name): \($0.value)" }
        #expect(
            reasons == [
                "listener 127.0.0.1:80: another port", "listener [::]:80: another port",
                "listener unix:/run/d.sock: another port",
                "host Host2: none of its names matches",
                "host Host3: it is disabled, and none of its names matches",
                "1 other host: not on this listener",
            ])
    }

    @Test func aHostThatIsDownOrDisabledIsWhyAClientIsRefused() throws {
        let down = try explain("127.0.0.1:443", sni: "b.test", down: 1)
        #expect(down.outcome == .refused)
        #expect(fact("refused", down) == "the host is down: its trouble")
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
