import Files
import HandlerAPI
import HandlerTesting
import TestSupport
import Testing

@testable import Handlers

/// The answer to a request.
@Suite struct ResponderTests {
    private static let allowed = "GET, HEAD, OPTIONS"

    @Test func aFileHasTypeLengthAndValidators() async throws {
        let answer = try await WebSite(files: ["a.txt": "text"]).answer("GET /a.txt")
        #expect(answer.status == 200 && answer.body == "text")
        #expect(answer["content-type"] == "text/plain" && answer["accept-ranges"] == "bytes")
        #expect(answer["etag"]?.hasPrefix("\"") == true && answer["last-modified"] != nil)
        #expect(answer["server"] == "icshostd" && answer["vary"] == nil)
    }

    @Test(arguments: ["/a", "/large", "/none", "/sub", "/sub/"])
    func headHasTheHeadOfGet(_ path: String) async throws {
        let large = String(repeating: "x", count: 100_000)
        let site = try WebSite(
            ["WebDirList": "True"], files: ["a": "A", "large": large, "sub/b": "B"])
        for fields in [[], ["Connection: close"]] as [[String]] {
            let head = try await site.answer("HEAD \(path)", fields.first ?? "X: y")
            let get = try await site.answer("GET \(path)", fields.first ?? "X: y")
            #expect(head.body.isEmpty && head.status == get.status)
            let shown = get.fields.filter { $0.name != "date" }.map { "\($0)" }
            #expect(head.fields.filter { $0.name != "date" }.map { "\($0)" } == shown)
        }
    }

    @Test(arguments: [
        ("OPTIONS *", 200), ("OPTIONS /", 200), ("TRACE /", 405), ("DELETE /", 405),
        ("POST /", 411), ("PUT /", 411), ("BREW /", 501),
    ])
    func otherMethodsAreAnswered(_ line: String, _ status: Int) async throws {
        let answer = try await WebSite().answer(line)
        #expect(answer.status == status)
        #expect((answer["allow"] == Self.allowed) == [200, 405].contains(status))
    }

    @Test func contentOfAnotherMethodIsReadAndRefused() async throws {
        let answers = try await WebSite().answers(to: [
            .request("POST /", "Content-Length: 3"), .send("abc"), .request("GET /"), .end,
        ])
        #expect(answers.map(\.status) == [405, 200])
        #expect(try await WebSite().answer("POST /", "Content-Length: 0").status == 405)
    }

    @Test(arguments: [
        ("/sub", 301), ("/sub/", 403), ("/none", 404), ("/.hidden", 404), ("/sub/.hidden", 404),
        ("/%2e%2e/a", 400), ("/a%2fb", 404), ("/a%00", 404), ("/a%zz", 400), ("/./a", 200),
        ("/link", 404), ("/pipe", 403), ("/closed", 403), ("/a/", 404),
    ])
    func pathsMeanFilesBelowTheDirectory(_ path: String, _ status: Int) async throws {
        let site = try WebSite(files: ["a": "A", "sub/b": "B", ".hidden": "x", "sub/.hidden": "x"])
        try Command.succeed([
            "sh", "-c", "cd \(site.directory.path) && ln -s /etc/passwd link && mkfifo pipe",
        ])
        if status == 403, path == "/closed" {
            // Root reads everything.
            try Command.succeed(["ln", "-s", "pipe", site.directory("closed")])
        }
        #expect(try await site.answer("GET \(path)").status == status)
    }

    @Test func aDirectoryIsRedirectedToItsSlashWithTheQuery() async throws {
        let site = try WebSite(files: ["a b/c": ""])
        let answer = try await site.answer("GET /a%20b?x=y%7F")
        #expect(answer.status == 301 && answer["location"] == "/a%20b/?x=y%7F")
    }

    @Test func theFirstDefaultDocumentThatExistsIsShown() async throws {
        let site = try WebSite(
            ["WebDefDoc": "none.html, b.html, a.html"], files: ["a.html": "A", "b.html": "B"])
        #expect(try await site.answer("GET /").body == "B")
    }

    @Test func aListingEscapesNames() async throws {
        let site = try WebSite(["WebDirList": "True"], files: ["sub/<a>&\"b": "x", "sub/c/d": "x"])
        let answer = try await site.answer("GET /sub/")
        #expect(answer.status == 200 && answer["content-type"] == "text/html; charset=utf-8")
        #expect(
            answer.body.contains("<a href=\"./%3Ca%3E&%22b\">&lt;a>&amp;&quot;b</a>"),
            "\(answer.body)")
        #expect(answer.body.contains("<a href=\"./c/\">c/</a><td><td>"))
        #expect(answer.body.contains("<a href=\"../\">"))
    }

    @Test func conditionsDecideWhetherTheFileIsSent() async throws {
        let site = try WebSite(files: ["a": "0123456789"])
        let first = try await site.answer("GET /a")
        let (tag, date) = (first["etag"] ?? "", first["last-modified"] ?? "")
        for field in ["If-None-Match: \(tag)", "If-None-Match: *", "If-Modified-Since: \(date)"] {
            let answer = try await site.answer("GET /a", field)
            #expect(answer.status == 304 && answer["etag"] == tag && answer.body.isEmpty)
            #expect(answer["content-length"] == nil && answer["content-type"] == nil)
        }
        for field in ["If-Match: \"x\"", "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT"] {
            #expect(try await site.answer("GET /a", field).status == 412)
        }
        #expect(try await site.answer("GET /a", "If-None-Match: \"x\"").status == 200)
    }

    @Test(arguments: [false, true])
    func rangesAreParts(_ isLarge: Bool) async throws {
        let text = String(repeating: "0123456789", count: isLarge ? 10_000 : 10)
        let site = try WebSite(files: ["a.txt": text])
        let one = try await site.answer("GET /a.txt", "Range: bytes=5-7")
        #expect(one.status == 206 && one.body == "567")
        #expect(one["content-range"] == "bytes 5-7/\(text.utf8.count)")
        let many = try await site.answer("GET /a.txt", "Range: bytes=0-1,5-6")
        let type = try #require(many["content-type"])
        let boundary = try #require(type.split(separator: "=").last)
        #expect(type.hasPrefix("multipart/byteranges; boundary="))
        let part = "\r\n--\(boundary)\r\nContent-Type: text/plain\r\nContent-Range: bytes "
        let size = text.utf8.count
        #expect(
            many.body == part + "0-1/\(size)\r\n\r\n01" + part
                + "5-6/\(size)\r\n\r\n56\r\n--\(boundary)--\r\n")
        let none = try await site.answer("GET /a.txt", "Range: bytes=\(size)-")
        #expect(none.status == 416 && none["content-range"] == "bytes */\(size)")
        for fields in [
            ["Range: lines=1-2"], ["Range: bytes=1-2", "Range: bytes=3-4"],
            ["Range: bytes=0-1", "If-Range: \"x\""],
        ] {
            let whole = try await site.answer("GET /a.txt", fields[0], fields.last ?? "")
            #expect(whole.status == 200 && whole.body == text)
        }
        #expect(try await site.answer("HEAD /a.txt", "Range: bytes=0-1").status == 200)
    }

    @Test func anEmptyFileHasNoRange() async throws {
        let site = try WebSite(files: ["a": ""])
        #expect(try await site.answer("GET /a", "Range: bytes=0-").status == 416)
        let closing = try await site.answer("GET /a", "Connection: close")
        #expect(closing.status == 200 && closing["content-length"] == "0")
    }

    @Test func aCompressedFileIsSentToWhomItSuits() async throws {
        let site = try WebSite(files: [
            "a.css": "plain", "a.css.gz": "packed", "a.css.br": "better",
        ])
        let cases = [
            ("gzip", "packed"), ("gzip, br", "better"), ("identity", "plain"),
            ("gzip;q=0", "plain"),
        ]
        for (accepted, body) in cases {
            let answer = try await site.answer("GET /a.css", "Accept-Encoding: \(accepted)")
            #expect(answer.body == body && answer["vary"] == "Accept-Encoding")
            #expect(answer["content-type"] == "text/css")
        }
    }

    @Test func anErrorHasTheSitesOwnPage() async throws {
        let site = try WebSite(
            ["WebErrorDir": "errors"],
            files: [
                "errors/404.html": "lost",
                "errors/403.html": String(repeating: "x", count: 262_145),
                "sub/a": "",
            ])
        let own = try await site.answer("GET /none")
        #expect(own.status == 404 && own.body == "lost" && own["content-type"] == "text/html")
        #expect(try await site.answer("GET /sub/").body.contains("<h1>403 Forbidden</h1>"))
        #expect(try await site.answer("BREW /").body.contains("<h1>501 Not Implemented</h1>"))
        #expect(try await site.answer("GET /sub").body.contains("<h1>301 Moved Permanently</h1>"))
    }

    @Test func headerLinesOfTheSiteAreInEveryAnswer() async throws {
        let site = try WebSite([
            "ServerHeader": "", "PersistentHeader": "X-A: 1", "WebHeader": "X-B: 2",
            "WebCacheControl": "max-age=60", "WebHsts": "100",
        ])
        let file = try await site.answer("GET /")
        #expect(file["server"] == nil && file["x-a"] == "1" && file["x-b"] == "2")
        #expect(file["cache-control"] == "max-age=60" && file["strict-transport-security"] == nil)
        let error = try await site.answer("GET /none")
        #expect(error["x-a"] == "1" && error["cache-control"] == nil)
        for line in ["GET /", "GET /none"] {
            for field in ["Connection: close", "X: y"] {
                let secure = try await site.answer(line, field, facts: WebSite.overTLS)
                #expect(secure["strict-transport-security"] == "max-age=100")
            }
        }
    }

    @Test func theDateIsThatOfTheAnswer() async throws {
        let clock = TestClock()
        clock.second = 0
        let client = ScriptedClient([
            .send("GET / HTTP/1.1\r\n"), .send("Host: x\r\n\r\n"), .end,
        ])
        let loop = WebLoop(logWriter: LogWriter(), clock: clock.read)
        client.client.loopLocals[ObjectIdentifier(WebLoop.self)] = loop
        let site = try WebSite()
        var conversation = HTTPConversation(client.client, of: site.handler.site)
        // The head takes a while to arrive.
        clock.second = 60
        _ = try await conversation.serve()
        let date = try WebAnswer.all(in: client.output)[0]["date"]
        #expect(date == "Thu, 01 Jan 1970 00:01:00 GMT")
    }

    @Test func wellKnownFilesGoBeforeARedirect() async throws {
        let site = try WebSite(
            [
                "WellKnownPath": "known", "WebRedirectURL": "https://b.test/%path%",
                "WebRedirectStat": "301",
            ],
            files: [
                "known/acme-challenge/x": "token", "known/.secret": "no", "known/sub/a": "a",
                "a": "A",
            ])
        #expect(try await site.answer("GET /.well-known/acme-challenge/x").body == "token")
        #expect(try await site.answer("GET /.well-known/.secret").status == 301)
        #expect(
            try await site.answer("GET /.well-known/sub").fields.contains {
                $0 == ("location", "/.well-known/sub/")
            })
        let answer = try await site.answer("GET /a?b")
        #expect(answer.status == 301 && answer["location"] == "https://b.test/a?b")
    }
}
