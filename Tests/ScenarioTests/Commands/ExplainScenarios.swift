import TestSupport
import Testing

/// `icshostd explain` from its command line.
@Suite struct ExplainScenarios {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private let text = """
        [Host1]
        Hosts=a.test
        BindIpAddr=0.0.0.0
        BindNonPort=7000
        Handler=echo

        [Host2]
        Hosts=b.test
        BindIpAddr=0.0.0.0
        BindNonPort=7001
        Handler=ecoh

        """

    @Test func citesTheFile() throws {
        let file = try directory.write(text, to: "icshostd.conf")
        let served = try Icshostd.run("explain", "127.0.0.1:7000", "--config", file)
        #expect(served.end == .exited(0))
        #expect(served.output.hasPrefix("served\n  listener"))
        #expect(served.output.contains("0.0.0.0:7000  \(file):4\n"))
        let refused = try Icshostd.run("explain", "127.0.0.1:7001", "--json", "--config", file)
        #expect(refused.output.hasPrefix("{\n  \"outcome\": \"refused\""))
        #expect(refused.output.contains("no handler named \\\"ecoh\\\""))
    }

    /// As the handshake does: what a handler does not speak is refused, who names nothing is served.
    @Test(arguments: [
        ("http/1.1", "served", "\"http/1.1\": the handler \"redirect\" speaks http/1.1, http/1.0"),
        ("h2,http/1.1", "served", "\"http/1.1\": the handler \"redirect\" speaks http/1.1"),
        ("h2", "refused", "ALPN: the handler \"redirect\" speaks http/1.1, http/1.0, not \"h2\""),
    ])
    func agreesOnAProtocolAsTheHandshakeDoes(
        _ name: String, _ outcome: String, _ reason: String
    ) throws {
        let file = try directory.write(
            """
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindNonPort=80
            BindSslPort=443
            WebRedirectURL=https://b.test/
            [Host2]
            Hosts=c.test
            BindIpAddr=127.0.0.1
            BindNonPort=80
            BindSslPort=444
            WebRedirectURL=https://b.test/
            [Host3]
            Hosts=*
            BindIpAddr=127.0.0.1
            BindSslPort=445
            SslSecLevel=intermediate
            Handler=echo
            """, to: "web.conf")
        func explain(_ address: String) throws -> String {
            try Icshostd.run("explain", address, "--alpn", name, "--sni", "a.test", file).output
        }
        let tls = try explain("127.0.0.1:443")
        #expect(tls.hasPrefix("\(outcome)\n") && tls.contains(reason), "\(tls)")
        let plain = try explain("127.0.0.1:80")
        #expect(
            plain.hasPrefix("served\n") && plain.contains("not used: the listener is plain"))
        #expect(plain.contains("is served by the web host that its Host header names"))
        #expect(
            plain.contains("host Host2: it is not the first here; requests whose Host header names")
        )
        let none = try explain("127.0.0.1:445")
        #expect(
            none.hasPrefix("refused\n")
                && none.contains("ALPN: the handler \"echo\" speaks none by name, not \"h"))
    }

    @Test(arguments: [["127.0.0.1"], ["127.0.0.1:1", "--from", "x"]])
    func refusesABadCommandLine(_ words: [String]) throws {
        let command = try Command([Icshostd.path, "explain"] + words)
        #expect(command.end == .exited(64))
        #expect(command.errors.contains(/must (?:be|have)/))
    }
}
