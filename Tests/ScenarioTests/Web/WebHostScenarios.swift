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
        ("WebRedirectURL=https://c.test/%path%", 302, "https://c.test/a%20b?c=d"),
        ("WebRedirectURL=https://%host%%path%", 302, "https://b.test/a%20b?c=d"),
        ("WebRedirectURL=https://%host%/%path%", 302, "https://b.test/a%20b?c=d"),
        (
            "WebRedirectURL=https://www.%host%:444/x/%path%#%host%", 302,
            "https://www.b.test:444/x/a%20b?c=d#b.test"
        ),
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

    /// One host sends whatever name it is asked for to https, and names nothing that is no host.
    @Test func aCatchAllSendsEveryNameToItsOwnPlace() throws {
        let port = try ReservedPort()
        let web = try WebDaemon(
            ports: "BindNonPort=\(port.number)",
            others: """
                [IcsHost2]
                Hosts=*
                BindIpAddr=127.0.0.1
                BindNonPort=\(port.number)
                WebRedirectURL=https://%host%/%path%
                """)
        for (name, location) in [
            ("x.test", "https://x.test/p"), ("x.test:8080", "https://x.test/p"),
            ("[::1]:80", "https://[::1]/p"), ("127.0.0.9", "https://127.0.0.9/p"),
            ("X.test.", "https://X.test./p"), ("a!b", nil), ("-x.test", nil), ("a..b", nil),
            ("$x", nil), ("a%0d%0ab", nil),
        ] {
            let answer = try web.get("/p", host: name)
            #expect(answer.status == (location == nil ? 400 : 302), "\(name)")
            #expect(answer["location"] == location)
        }
        let old = try web.raw("GET /p HTTP/1.0\r\n\r\n")
        #expect(!old.contains("https:///"))
        // A slash more at the beginning is no other host.
        #expect(
            try web.get("//evil.test/", host: "x.test")["location"] == "https://x.test//evil.test/")
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

    /// The answers of one connection, without their contents.
    private func statuses(_ text: String) -> [Substring] {
        text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
    }

    @Test func theLimitsAreThoseOfTheHostThatIsAsked() throws {
        let (web, _) = try pair(
            "WebDocDir=@/well\nMaxUploadMB=1\nMaxRequestsKeepAlive=2",
            first: "MaxUploadMB=2\nMaxRequestsKeepAlive=3\nKeepAliveTimeSec=3600")
        let content = String(repeating: "x", count: 3 << 19)
        func upload(_ host: String) throws -> [Substring] {
            statuses(
                try web.raw(
                    "DELETE / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
                        + "Content-Length: \(content.count)\r\n\r\n" + content))
        }
        #expect(try upload("b.test") == ["413"])
        #expect(try upload("a.test") == ["405"])
        func ask(_ host: String) throws -> Int {
            let request = "GET /none HTTP/1.1\r\nHost: \(host)\r\n\r\n"
            return statuses(try web.raw(String(repeating: request, count: 5))).count
        }
        #expect(try ask("b.test") == 2)
        #expect(try ask("a.test") == 3)
    }

    /// The first host keeps idle clients for an hour, the other one for a second.
    @Test func theTimeBetweenRequestsIsThatOfTheHostThatWasAsked() throws {
        let (web, _) = try pair(
            "WebDocDir=@/well\nKeepAliveTimeSec=1",
            first: "KeepAliveTimeSec=3600\nKeepAliveTimeXferSec=3600")
        let client = try web.daemon.plainClient()
        try client.send("GET /token HTTP/1.1\r\nHost: b.test\r\n\r\n")
        // It ends by itself.
        #expect(try client.receiveText().hasSuffix("proof"))
    }

    @Test(arguments: [
        ("POST /x?y HTTP/1.1", "Content-Length: 9999999", 413),
        ("POST /x?y HTTP/1.1", "Content-Length: 1\r\nExpect: more", 417),
        ("POST /x?y HTTP/1.1", "Transfer-Encoding: gzip, chunked", 501),
        ("POST /x?y HTTP/2.0", "X: y", 505),
        ("POST /x?y HTTP/1.1", "Content-Length: x", 400),
        ("POST /x?y HTTP/1.1", "Transfer-Encoding: chunked\r\n\r\nx", 400),
    ])
    func errorsAreThoseOfTheHostThatIsAsked(
        _ line: String, _ fields: String, _ status: Int
    ) throws {
        let (web, _) = try pair(
            "WebDocDir=@/well\nWebHeader=X-Host: b\nMaxUploadMB=1\nWebLogFormat=journal",
            first: "WebHeader=X-Host: a")
        let text = try web.raw("\(line)\r\nHost: b.test\r\n\(fields)\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 \(status) ") && text.contains("\r\nX-Host: b\r\n"))
        try web.daemon.waitForLog("POST /x?y HTTP/1.1 \(status) ")
    }

    @Test func httpsIsNotServedInTheClear() throws {
        let (web, ports) = try pair(
            "WebDocDir=@/well\nAuthForceSsl=True\nWellKnownPath=@/well",
            first: "WellKnownPath=@/well")
        #expect(try web.get("https://a.test/", host: "a.test").status == 421)
        #expect(try web.get("https://a.test/.well-known/token", host: "a.test").status == 421)
        #expect(try web.get("http://a.test/", host: "a.test").status == 200)
        for path in ["/x", "/.well-known/token"] {
            let answer = try web.get("https://b.test\(path)", host: "b.test")
            #expect(answer["location"] == "https://b.test:\(ports[1].number)\(path)")
        }
        for scheme in ["http", "https"] {
            let client = try web.daemon.tlsClient(name: "a.test")
            try client.send(
                "GET \(scheme)://a.test/ HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
            #expect(try client.receiveText().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test(arguments: ["web", "redirect"])
    func aWellKnownDirectoryKeepsItsPlace(_ handler: String) throws {
        let keys =
            handler == "web" ? "WebDocDir=@/docs" : "WebRedirectURL=https://c.test/"
        let (web, _) = try pair(keys + "\nWellKnownPath=@", handler: handler)
        let answer = try web.get("/.well-known/well?x", host: "b.test")
        #expect(answer.status == 301 && answer["location"] == "/.well-known/well/?x")
    }

    @Test func aHostThatIsDownDoesNotAffectTheOthers() throws {
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
    @Test func whenTheFirstHostIsDownTheOthersServeTheirPlainClients() throws {
        let (web, _) = try pair("WebDocDir=@/docs", first: "WebErrorDir=@/nowhere")
        let answer = try web.get("/", host: "a.test")
        #expect(answer.status == 503 && answer["retry-after"] == "5")
        #expect(try web.get("/", host: "b.test").status == 200)
        #expect(try web.get("/", host: "nobody.test").status == 200)
    }
}
