import HandlerAPI
import HandlerTesting
import Testing

@testable import Handlers

/// Which site answers a request.
@Suite struct SiteChoiceTests {
    private static func status(
        _ line: String, host: String, facts: ClientFacts = ClientFacts(),
        on site: WebSite, hosts: [String: NamedHost]
    ) async throws -> WebAnswer {
        let client = ScriptedClient(
            [.send("\(line) HTTP/1.1\r\nHost: \(host)\r\n\r\n"), .end], facts: facts)
        client.hosts = hosts
        _ = try await client.serve(with: site.handler)
        return try WebAnswer.all(in: client.output)[0]
    }

    @Test func theHostOfTheRequestDecides() async throws {
        let (own, other) = (
            try WebSite(files: ["a": "own"]),
            try WebSite(["KeepAliveTimeSec": "0"], files: ["a": "other"])
        )
        let redirect = try RedirectHandler(
            HandlerOptions(of: RedirectHandler.self, ["WebRedirectURL": "/x"]))
        let hosts: [String: NamedHost] = [
            "other.test": .other(other.handler), "redirect.test": .other(redirect),
            "misdirected.test": .misdirected, "down.test": .down,
            "echo.test": .other(EchoHandler(try HandlerOptions(of: EchoHandler.self))),
        ]
        let cases = [
            ("own.test", 200, false), ("other.test", 200, true), ("OTHER.test:81", 200, true),
            ("redirect.test", 302, false), ("misdirected.test", 421, false),
            ("down.test", 503, false), ("echo.test", 421, false),
        ]
        for (host, status, closes) in cases {
            let answer = try await Self.status("GET /a", host: host, on: own, hosts: hosts)
            #expect(answer.status == status && answer.closes == closes, "\(host)")
            #expect((answer["retry-after"] == "5") == (status == 503))
            if status == 200 { #expect(answer.body == (host == "own.test" ? "own" : "other")) }
        }
    }

    @Test func eachRequestIsDecidedAnew() async throws {
        let (own, other) = (try WebSite(files: ["a": "own"]), try WebSite(files: ["a": "other"]))
        let client = ScriptedClient([
            .send(
                "GET /a HTTP/1.1\r\nHost: other\r\n\r\nGET /a HTTP/1.1\r\nHost: down\r\n\r\nGET /a HTTP/1.1\r\nHost: own\r\n\r\n"
            ), .end,
        ])
        client.hosts = ["other": .other(other.handler), "down": .down]
        _ = try await client.serve(with: own.handler)
        #expect(try WebAnswer.all(in: client.output).map(\.status) == [200, 503, 200])
        #expect(client.text.contains("own") && client.text.contains("other"))
    }

    @Test func aSlowHeadIsAnsweredByTheClientsOwnSite() async throws {
        let own = try WebSite(["ServerHeader": "own", "WebHeaderTimeout": "1"])
        let other = try WebSite(["ServerHeader": "other"])
        let client = ScriptedClient([
            .send("GET / HTTP/1.1\r\nHost: other\r\n\r\nGET"), .pass(.seconds(2)),
        ])
        client.hosts = ["other": .other(other.handler)]
        _ = try await client.serve(with: own.handler)
        let answers = try WebAnswer.all(in: client.output)
        #expect(answers.map(\.status) == [200, 408])
        #expect(answers.map { $0["server"] } == ["other", "own"])
    }

    @Test func aSiteWithoutItsCertificateAnswersTheChallengeOnly() async throws {
        let site = try WebSite(
            ["WellKnownPath": "known"], files: ["known/acme-challenge/x": "token", "a": "A"])
        var facts = ClientFacts()
        facts.isForChallenge = true
        let good = try WebSite()
        let cases = [
            ("GET /.well-known/acme-challenge/x", 200), ("GET /.well-known/acme-challenge/y", 404),
            ("GET /.well-known/other", 503), ("GET /a", 503),
            ("POST /.well-known/acme-challenge/x", 503),
        ]
        for (line, status) in cases {
            #expect(
                try await Self.status(line, host: "own", facts: facts, on: site, hosts: [:]).status
                    == status)
            let hosts = ["named": NamedHost.otherForChallenge(site.handler)]
            #expect(
                try await Self.status(line, host: "named", on: good, hosts: hosts).status == status)
        }
        // Another host of the listener has its certificate.
        let hosts = ["good": NamedHost.other(good.handler)]
        #expect(
            try await Self.status("GET /", host: "good", facts: facts, on: site, hosts: hosts)
                .status == 200)
    }

    @Test func anAddressOfHTTPSOverAPlainPortIsMisdirected() async throws {
        let site = try WebSite()
        let line = "GET https://a.test/"
        #expect(try await Self.status(line, host: "a.test", on: site, hosts: [:]).status == 421)
        #expect(
            try await Self.status(
                line, host: "a.test", facts: WebSite.overTLS, on: site, hosts: [:]
            )
            .status == 200)
        let sending = try WebSite(tlsPort: 443, requiresTLS: true)
        #expect(try await Self.status(line, host: "a.test", on: sending, hosts: [:]).status == 301)
    }
}
