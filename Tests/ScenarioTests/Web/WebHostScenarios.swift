import Glibc
import TestSupport
import Testing

/// Which host a request is for, and where else it may be sent.
@Suite struct WebHostScenarios {
    /// A second host on the same ports as the first.
    private static func other(_ keys: String, handler: String = "web") -> String {
        """
        [IcsHost2]
        Hosts=b.test, *.b.test
        BindIpAddr=127.0.0.1
        BindNonPort=@plain
        BindSslPort=@tls
        Handler=\(handler)
        \(keys)
        """
    }

    /// Two hosts share fixed ports, which nobody else has.
    private func pair(
        _ second: String, first: String = "", handler: String = "web"
    ) throws -> (web: WebDaemon, ports: [ReservedPort]) {
        let ports = [try ReservedPort(), try ReservedPort()]
        let others = Self.other(second, handler: handler)
            .replacing("@plain", with: "\(ports[0].number)")
            .replacing("@tls", with: "\(ports[1].number)")
        let keys = "BindNonPort=\(ports[0].number)\nBindSslPort=\(ports[1].number)\n" + first
        return (try WebDaemon(ports: keys, others: others, files: ["well/token": "proof"]), ports)
    }

    @Test func aPlainRequestNamesItsHost() throws {
        let (web, _) = try pair("WebDocDir=@/well")
        #expect(try web.get("/token", host: "b.test").text == "proof")
        #expect(try web.get("/token", host: "X.B.Test:80").text == "proof")
        #expect(try web.get("/token", host: "a.test").status == 404)
        #expect(try web.get("/", host: "nobody.test").text == "<h1>home</h1>\n")
        // The absolute target goes before Host, on one connection and each request anew.
        let text = try web.raw(
            "GET http://b.test/token HTTP/1.1\r\nHost: a.test\r\n\r\n"
                + "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
        #expect(text.contains("proof") && text.contains("<h1>home</h1>"))
    }

    @Test func aHostOfAnotherListenerIsNobodys() throws {
        let other = """
            [IcsHost2]
            Hosts=b.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=web
            WebDocDir=@/well
            """
        let web = try WebDaemon(
            ports: "BindNonPort=auto", others: other, files: ["well/token": "proof"])
        #expect(try web.get("/token", host: "b.test").status == 404)
        #expect(try web.get("/", host: "b.test").text == "<h1>home</h1>\n")
    }

    @Test func aServerNameAndAnotherHostAre421() throws {
        let (web, _) = try pair("WebDocDir=@/well")
        #expect(try web.curl([], isTLS: true, tells: "%{http_code}") == "200")
        let other = try web.curl(["-H", "Host: b.test"], isTLS: true, tells: "%{http_code}")
        #expect(other == "421")
        let unknown = try web.curl(["-H", "Host: nobody.test"], isTLS: true, tells: "%{http_code}")
        #expect(unknown == "200")
    }

    @Test func withoutAServerNameOnlyHostsOfTheSamePolicyAreServed() throws {
        let ask = "GET /token HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n"
        let (same, _) = try pair("WebDocDir=@/well")
        let client = try same.daemon.tlsClient()
        try client.send(ask)
        #expect(try client.receiveText().hasSuffix("proof"))
        let certificates = try Certificates(in: TemporaryDirectory())
        defer { withExtendedLifetime(certificates) {} }
        for policy in [
            "SslSecLevel=sslSrvSecTls13Only",
            "CliCertMethod=sslCliCertRequire\nCliCertCA=\(certificates.authority)",
        ] {
            let (stricter, _) = try pair("WebDocDir=@/well\n\(policy)")
            for name in [nil, "a.test"] {
                let stranger = try stricter.daemon.tlsClient(name: name)
                try stranger.send(ask)
                #expect(try stranger.receiveText().hasPrefix("HTTP/1.1 421 "), "\(policy)")
            }
        }
    }

    @Test func aHostOfAnotherProtocolIs421() throws {
        let (web, _) = try pair("", handler: "echo")
        #expect(try web.get("/", host: "b.test").status == 421)
    }

    @Test(arguments: [
        ("WebRedirectURL=https://c.test/x\nWebRedirectStat=301", 301, "https://c.test/x"),
        (
            "WebRedirectURL=https://c.test%path%\nWebRedirectStat=308", 308,
            "https://c.test/a%20b?c=d"
        ),
        (
            "WebRedirectURL=http://c.test/?from=%path%\nWebRedirectStat=307", 307,
            "http://c.test/?from=/a%20b?c=d"
        ),
        ("WebRedirectURL=https://c.test/", 302, "https://c.test/"),
    ])
    func redirects(_ keys: String, _ status: Int, _ location: String) throws {
        let (web, _) = try pair(keys + "\nWellKnownPath=@/well", handler: "redirect")
        let answer = try web.get("/a%20b?c=d", host: "b.test")
        #expect(answer.status == status)
        #expect(answer["location"] == location)
        #expect(
            try web.get("/", host: "b.test", method: "POST", "Content-Length: 0").status == status)
        #expect(try web.get("/.well-known/token", host: "b.test").text == "proof")
        #expect(try web.get("/.well-known/../token", host: "b.test").status == status)
        #expect(try web.get("/.well-known/%2e%2e/outside.txt", host: "b.test").status == status)
    }

    @Test func aRedirectToOnePlaceDiffersByMethodConnectionAndTransport() throws {
        let web = try WebDaemon("WebRedirectURL=https://c.test/\nWebRedirectStat=301\nWebHsts=60")
        let (get, host) = ("GET /x HTTP/1.1\r\n", "Host: a.test\r\n")
        let text = try web.raw(
            get + host + "\r\nHEAD /x HTTP/1.1\r\n" + host + "\r\n" + get + host
                + "Connection: close\r\n\r\n")
        let answers = text.split(separator: "HTTP/1.1 301 ").map(String.init)
        #expect(answers.count == 3)
        #expect(answers.map { $0.contains("</h1>") } == [true, false, true])
        #expect(answers.map { $0.contains("Connection: close\r\n") } == [false, false, true])
        for answer in answers {
            #expect(answer.contains("Location: https://c.test/\r\n"))
            #expect(answer.contains("Content-Length: 84\r\n"))
            #expect(answer.firstRange(of: /Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r\n/) != nil)
            #expect(!answer.contains("Strict-Transport-Security"))
        }
        let secure = try web.curl(["-i"], path: "/x", isTLS: true).output
        #expect(secure.contains("Strict-Transport-Security: max-age=60\r\n"))
        #expect(secure.hasSuffix("</h1>\n"))
    }

    @Test func plainClientsAreSentToTLS() throws {
        let (web, ports) = try pair(
            "WebDocDir=@/well", first: "AuthForceSsl=True\nWellKnownPath=@/well")
        let answer = try web.get("/x?y", host: "A.test:1")
        #expect(answer.status == 301)
        #expect(answer["location"] == "https://A.test:\(ports[1].number)/x?y")
        #expect(try web.get("/x", method: "POST", "Content-Length: 0").status == 308)
        #expect(try web.get("/.well-known/token").text == "proof")
        let followed = try web.curl(
            ["-L", "--resolve", "a.test:\(ports[1].number):127.0.0.1"], path: "/thousand.txt",
            tells: "%{http_code} %{scheme}")
        #expect(followed == "200 HTTPS" || followed.hasPrefix("200 https"), "\(followed)")
    }

    @Test func aHostThatIsLeftOutTakesNoneOfTheOthersWithIt() throws {
        let (web, _) = try pair("WebDocDir=@/nowhere")
        let answer = try web.get("/", host: "b.test")
        #expect(answer.status == 503 && answer["retry-after"] == "5")
        #expect(try web.get("/", host: "a.test").status == 200)
        // Over TLS a client that named another host in its handshake is told to come anew.
        let other = try web.curl(["-H", "Host: b.test"], isTLS: true, tells: "%{http_code}")
        #expect(other == "421")
        let nameless = try web.daemon.tlsClient()
        try nameless.send("GET / HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n")
        #expect(try nameless.receiveText().hasPrefix("HTTP/1.1 503 "))
    }

    /// Plain clients are accepted for the first host, which is nowhere.
    @Test func theFirstHostThatIsLeftOutLeavesTheOthersTheirPlainClients() throws {
        let (web, _) = try pair("WebDocDir=@/docs", first: "WebErrorDir=@/nowhere")
        let answer = try web.get("/", host: "a.test")
        #expect(answer.status == 503 && answer["retry-after"] == "5")
        #expect(try web.get("/", host: "b.test").status == 200)
        #expect(try web.get("/", host: "nobody.test").status == 200)
    }
}
