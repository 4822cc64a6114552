import HandlerAPI
import HandlerTesting
import Synchronization
import Testing

@testable import Handlers

/// Where clients are sent.
@Suite struct RedirectionTests {
    private static func answer(
        _ texts: [String: String], _ request: String, facts: ClientFacts = ClientFacts()
    ) async throws -> WebAnswer {
        let handler = try RedirectHandler(HandlerOptions(of: RedirectHandler.self, texts))
        let client = ScriptedClient([.send(request), .end], facts: facts)
        _ = try await client.serve(with: handler)
        return try WebAnswer.all(in: client.output, toHead: request.hasPrefix("HEAD"))[0]
    }

    @Test(arguments: [
        ("https://%host%/%path%", "https://a.test/x?y"),
        ("https://b.test%path%", "https://b.test/x?y"),
        ("https://b.test/", "https://b.test/"), ("/%host%", "/a.test"),
        ("https://%host%:444/%C3%A4", "https://a.test:444/%C3%A4"),
    ])
    func theAddressIsMadeOfTheRequest(_ url: String, _ location: String) async throws {
        for ending in ["\r\n", "Connection: close\r\n\r\n"] {
            let answer = try await Self.answer(
                ["WebRedirectURL": url], "GET /x?y HTTP/1.1\r\nHost: a.test:80\r\n\(ending)")
            #expect(answer.status == 302 && answer["location"] == location)
        }
    }

    @Test(arguments: [("[::1]:80", "[::1]"), ("192.0.2.1", "192.0.2.1")])
    func anAddressMayStandForTheHost(_ host: String, _ name: String) async throws {
        let answer = try await Self.answer(
            ["WebRedirectURL": "https://%host%/"], "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(answer["location"] == "https://\(name)/")
    }

    @Test func withoutAHostThereIsNoAddressWithIt() async throws {
        let answer = try await Self.answer(
            ["WebRedirectURL": "https://%host%/"], "GET / HTTP/1.0\r\n\r\n")
        #expect(answer.status == 400)
    }

    @Test func theStatusIsThatOfTheKey() async throws {
        for status in [301, 302, 307, 308] {
            let answer = try await Self.answer(
                ["WebRedirectURL": "/x", "WebRedirectStat": "\(status)"],
                "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.status == status && answer["location"] == "/x")
        }
    }

    @Test func overTLSItHasTheHeaderLinesOfTLS() async throws {
        for field in ["", "Connection: close\r\n"] {
            let request = "GET / HTTP/1.1\r\nHost: a\r\n\(field)\r\n"
            let texts = ["WebRedirectURL": "/x", "WebHsts": "9"]
            let secure = try await Self.answer(texts, request, facts: WebSite.overTLS)
            #expect(secure["strict-transport-security"] == "max-age=9")
            #expect(try await Self.answer(texts, request)["strict-transport-security"] == nil)
        }
    }

    @Test func anotherMethodIsRedirectedToo() async throws {
        let answer = try await Self.answer(
            ["WebRedirectURL": "/x"], "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(answer.status == 302)
    }

    @Test(arguments: [(443, "https://a.test/x?y"), (8_443, "https://a.test:8443/x?y")])
    func plainClientsAreSentToTLSWhereTheHostRequiresIt(_ port: Int, _ location: String)
        async throws
    {
        let site = try WebSite(tlsPort: port, requiresTLS: true)
        let answer = try await site.answer("GET /x?y")
        #expect(answer.status == 301 && answer["location"] == location)
        #expect(try await site.answer("DELETE /x").status == 308)
        #expect(try await site.answer("OPTIONS *").status == 200)
        #expect(try await site.answer("GET /", facts: WebSite.overTLS).body == "home\n")
        // Also for a document that is known.
        let twice = try await site.answers(to: [.request("GET /"), .request("GET /"), .end])
        #expect(twice.map(\.status) == [301, 301])
        let old = try await site.answers(to: [.send("GET / HTTP/1.0\r\n\r\n"), .end])
        #expect(old.map(\.status) == [400])
    }

    @Test(arguments: ["", "a b", "https://ä.test/"])
    func anAddressThatIsNoneIsAMistake(_ url: String) throws {
        let error = try #require(throws: HandlerOptionError.self) {
            try RedirectHandler(HandlerOptions(of: RedirectHandler.self, ["WebRedirectURL": url]))
        }
        #expect(error.key == "WebRedirectURL" && error.isMistake)
    }

    @Test func anUnknownMarkIsWarnedOf() throws {
        let warnings = Mutex<[String]>([])
        for url in ["/%user%", "/%41", "/%C3%A4", "/%ff%ff", "/%path%"] {
            _ = try RedirectHandler(
                HandlerOptions(of: RedirectHandler.self, ["WebRedirectURL": url]) { key, message in
                    warnings.withLock { $0.append("\(key): \(message.prefix(6))") }
                })
        }
        #expect(warnings.withLock { $0 } == ["WebRedirectURL: %user%"])
    }
}
