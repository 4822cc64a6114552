import Glibc
import HandlerAPI
import HandlerTesting
import TestSupport
import Testing

@testable import Handlers

/// Where requests begin and end, and whether the connection stays open.
@Suite struct HTTPConversationTests {
    private static let get = ScriptStep.request("GET /")

    @Test func requestsThatArriveTogetherAreAnsweredInOrder() async throws {
        let site = try WebSite(files: ["a": "A", "b": "BB"])
        let text = "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n"
        let answers = try await site.answers(to: [.send(text), .end])
        #expect(answers.map(\.body) == ["A", "BB"])
        #expect(answers.map(\.closes) == [false, false])
    }

    /// Tasks cost more than answers do.
    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", true),
        ("GET /none HTTP/1.1\r\nHost: x\r\n\r\n", true),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", true), ("GET / HT", false),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab", false),
        ("GET /large HTTP/1.1\r\nHost: x\r\n\r\n", false),
    ])
    func whatTakesNoWaitTakesNoTask(_ text: String, _ isDone: Bool) async throws {
        let large = String(repeating: "x", count: 100_000)
        let site = try WebSite(files: ["index.html": "home", "large": large])
        let client = ScriptedClient([.send("x" + text)])
        // The rest has arrived, too.
        #expect(try await client.client.read(upTo: 1) == Array("x".utf8))
        switch try site.handler.serveAtOnce(client.client) {
        case .done(.rest)?: #expect(isDone && client.text.hasPrefix("HTTP/1.1 "))
        case .goOn?: #expect(!isDone && client.output.isEmpty)
        default: Issue.record("neither at rest nor continued")
        }
    }

    @Test func aHeadMayComeByteByByte() async throws {
        let site = try WebSite()
        let bytes = Array("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n".utf8)
        let answers = try await site.answers(to: bytes.map { .send([$0]) } + [Self.get, .end])
        #expect(answers.map(\.body) == ["home\n", "home\n"])
    }

    @Test func whatFollowsAHeadThatCameInPiecesIsTheNextRequest() async throws {
        let site = try WebSite(files: ["a": "A", "b": "B"])
        let answers = try await site.answers(to: [
            .send("GET /a HTTP/1.1\r\n"), .send("Host: x\r\n\r\nGET /b HTTP/1.1\r\nHo"),
            .send("st: x\r\n\r\n"), .end,
        ])
        #expect(answers.map(\.body) == ["A", "B"])
    }

    @Test func aClientThatIsIdleForTooLongIsClosed() async throws {
        let site = try WebSite(["KeepAliveTimeSec": "10"])
        let answers = try await site.answers(to: [
            Self.get, .pass(.seconds(9)), Self.get, .pass(.seconds(11)), Self.get,
        ])
        #expect(answers.count == 2)
    }

    @Test func theLastRequestThatAConnectionMayHaveClosesIt() async throws {
        let site = try WebSite(["MaxRequestsKeepAlive": "2"])
        let answers = try await site.answers(to: [Self.get, Self.get, Self.get, .end])
        #expect(answers.map(\.closes) == [false, true])
    }

    @Test(
        arguments: [
            (["KeepAliveTimeSec": "0"], "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "close"),
            ([:], "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "close"),
            ([:], "GET / HTTP/1.0\r\n\r\n", "close"),
            ([:], "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "keep-alive"),
            // The default of HTTP/1.1.
            (["MaxRequestsKeepAlive": "0"], "GET / HTTP/1.1\r\nHost: x\r\n\r\n", nil),
        ] as [([String: String], String, String?)])
    func theAnswerTellsWhetherTheConnectionStaysOpen(
        _ texts: [String: String], _ request: String, _ connection: String?
    ) async throws {
        let site = try WebSite(texts)
        let answers = try await site.answers(to: [.send(request), Self.get, .end])
        #expect(answers.count == (connection == "close" ? 1 : 2))
        #expect(answers[0]["connection"] == connection && answers[0].body == "home\n")
    }

    @Test func aSlowHeadGetsAnAnswerAndOnlyOnceItHasBegun() async throws {
        let site = try WebSite(["WebHeaderTimeout": "20"])
        let slow = try await site.answers(to: [
            .send("GET / HT"), .pass(.seconds(21)), .send("TP/1.1\r\n\r\n"),
        ])
        #expect(slow.map(\.status) == [408])
        let blank = try await site.answers(to: [.send("\r\n\r\n"), .pass(.seconds(21))])
        #expect(blank.isEmpty)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1",
    ])
    func aClientThatEndsItsSideInARequestIsClosedInSilence(_ text: String) async throws {
        let client = ScriptedClient([.send(text), .end])
        #expect(try await client.serve(with: try WebSite().handler).isClosed)
        #expect(client.output.isEmpty)
    }

    @Test(arguments: [
        ("GET /\(String(repeating: "a", count: 8_192))", 414),
        ("GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 8_192))", 431),
        ("GET / HTTP/1.1\r\n" + String(repeating: "X: a\r\n", count: 101), 431),
        (
            "GET / HTTP/1.1\r\n"
                + String(repeating: "X: \(String(repeating: "a", count: 400))\r\n", count: 90), 431
        ),
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\nHost: x\n\n", 400),
        ("PRI * HTTP/2.0\r\n\r\n", 505), ("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ])
    func aHeadThatIsNotValidEndsTheConnection(_ head: String, _ status: Int) async throws {
        for script in [
            [ScriptStep.send(head)],
            [.send(String(head.prefix(5))), .send(String(head.dropFirst(5)))],
        ] {
            let answers = try await WebSite().answers(to: script + [Self.get, .end])
            let isLast = !head.contains("%zz")
            #expect(answers.first?.status == status && answers.first?.closes == isLast)
            #expect(answers.count == (isLast ? 1 : 2))
        }
    }

    @Test func aClientThatWaitsForPermissionGetsItOnlyForContentThatIsTaken() async throws {
        let site = try WebSite()
        let fields = ["Expect: 100-continue", "Content-Length: 3"]
        let read = ScriptedClient([
            .request("GET /", fields[0], fields[1]), .expect("HTTP/1.1 100 Continue\r\n\r\n"),
            .send("abc"),
            Self.get, .end,
        ])
        _ = try await read.serve(with: site.handler)
        #expect(try WebAnswer.all(in: read.output).map(\.status) == [100, 200, 200])
        let refused = try await site.answers(to: [
            .request("POST /", fields[0], fields[1]), Self.get, .end,
        ])
        #expect(refused.map(\.status) == [405] && refused[0].closes)
        let other = try await site.answers(to: [
            .request("GET /", "Expect: a miracle", fields[1]), .end,
        ])
        #expect(other.map(\.status) == [417])
    }

    @Test(arguments: [
        ["Content-Length: 6\r\n\r\nabcdef"], ["Content-Length: 6\r\n\r\n", "abc", "def"],
        ["Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n"],
        [
            "Transfer-Encoding: chunked\r\n\r\n", "3\r\nab", "c\r\n3;x=y\r\ndef\r\n0\r",
            "\nTrailer: a\r\n\r\n",
        ],
    ])
    func contentIsReadToItsEnd(_ pieces: [String]) async throws {
        let site = try WebSite()
        let head = "GET / HTTP/1.1\r\nHost: x\r\n"
        let last = pieces[pieces.count - 1] + "GET /none HTTP/1.1\r\nHost: x\r\n\r\n"
        let all =
            pieces.count == 1
            ? [head + last] : [head + pieces[0]] + pieces[1..<pieces.count - 1] + [last]
        let answers = try await site.answers(to: all.map { .send($0) } + [.end])
        #expect(answers.map(\.status) == [200, 404])
    }

    @Test(arguments: [
        (["Content-Length: 1048577\r\n\r\n"], 413),
        (["Transfer-Encoding: chunked\r\n\r\nzz\r\n"], 400),
        (["Transfer-Encoding: chunked\r\n\r\n", "1\r\nabc"], 400),
        (
            [
                "Transfer-Encoding: chunked\r\n\r\n200000\r\n",
                String(repeating: "a", count: 1 << 20), "aaa",
            ], 413
        ),
        (
            [
                "Transfer-Encoding: chunked\r\n\r\n200000\r\n\(String(repeating: "a", count: 1 << 20 + 1))"
            ], 413
        ),
    ])
    func contentThatIsNotValidEndsTheConnection(_ pieces: [String], _ status: Int) async throws {
        let site = try WebSite(["MaxUploadMB": "1"])
        let script = ["GET / HTTP/1.1\r\nHost: x\r\n" + pieces[0]] + pieces[1...]
        let answers = try await site.answers(to: script.map { .send($0) } + [Self.get, .end])
        #expect(answers.map(\.status) == [status] && answers[0].closes)
    }

    @Test func contentThatIsTooSlowEndsTheConnection() async throws {
        let site = try WebSite([
            "WebHeaderTimeout": "20", "WebMinBodyRate": "0", "KeepAliveTimeXferSec": "30",
        ])
        let slow = try await site.answers(to: [
            .request("GET /", "Content-Length: 4"), .pass(.seconds(29)), .send("a"),
            .pass(.seconds(29)), .send("b"), .pass(.seconds(31)), .send("cd"),
        ])
        #expect(slow.map(\.status) == [408])
        let rate = try WebSite(["WebHeaderTimeout": "20", "WebMinBodyRate": "1"])
        let answers = try await rate.answers(to: [
            .request("GET /", "Content-Length: 4"), .pass(.seconds(21)), .send("abcd"),
        ])
        #expect(answers.map(\.status) == [408])
    }

    @Test func aClientThatReadsSlowlyIsWaitedFor() async throws {
        let site = try WebSite(["KeepAliveTimeXferSec": "300"])
        let script = [
            ScriptStep.stopTaking, Self.get, .pass(.seconds(299)), .takeAgain, Self.get, .end,
        ]
        #expect(try await site.answers(to: [Self.get] + script).count == 3)
        let client = ScriptedClient([
            Self.get, .stopTaking, Self.get, .pass(.seconds(301)), .takeAgain,
        ])
        let outcome = try await client.serve(with: site.handler)
        #expect(outcome.error as? ClientError == .timedOut)
    }

    @Test func requestsBehindOneWhoseAnswerIsNotTakenAreAnsweredLater() async throws {
        let site = try WebSite(files: ["a": "A", "b": "B"])
        let both = "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n"
        let answers = try await site.answers(to: [
            .send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), .stopTaking, .send(both), .takeAgain, .end,
        ])
        #expect(answers.map(\.body) == ["A", "A", "B"])
    }

    @Test func aRequestInADrainIsTheLast() async throws {
        let site = try WebSite()
        let first = try await site.answers(to: [.drain, Self.get, Self.get, .end])
        #expect(first.map(\.closes) == [true])
        let next = try await site.answers(to: [
            Self.get, .drain, .pass(.milliseconds(900)), Self.get, .end,
        ])
        #expect(next.map(\.closes) == [false, true])
    }

    @Test func aClientBetweenTwoRequestsHasASecondInADrain() async throws {
        let answers = try await WebSite().answers(to: [
            Self.get, .drain, .pass(.milliseconds(1_100)), Self.get, .end,
        ])
        #expect(answers.count == 1)
    }

    @Test func aLargeFileIsSentAndTheConnectionStaysOpen() async throws {
        let text = String(repeating: "0123456789", count: 10_000)
        let site = try WebSite(files: ["large": text, "a": "A"])
        let answers = try await site.answers(to: [.request("GET /large"), .request("GET /a"), .end])
        #expect(answers.map(\.body) == [text, "A"])
        let last = try await site.answer("GET /large", "Connection: close")
        #expect(last.body == text && last.closes)
    }

    @Test func aFileThatHasShrunkEndsTheConnectionWithAReset() async throws {
        let site = try WebSite(files: ["large": String(repeating: "x", count: 100_000)])
        // The document of this second is known by its size.
        let client = WebSite.client([.request("GET /large"), .request("GET /large"), .end])
        let path = site.directory("large")
        let handler = TruncatingHandler(site: site.handler.site, path: path)
        guard case .aborted = try await client.serve(with: handler) else {
            Issue.record("not aborted")
            return
        }
    }

    /// Truncates a file between two requests.
    private struct TruncatingHandler: SiteHandler {
        static let name = "truncating"
        static let summary = "truncates a file between two requests"

        let site: Site
        private let path: String

        init(_ options: HandlerOptions) throws {
            self.init(site: try Site(options, kind: .web), path: "")
        }

        init(site: Site, path: String) { (self.site, self.path) = (site, path) }

        func serveAtOnce(_ client: Client) throws -> ServedAtOnce? {
            #expect(unsafe truncate(path, 1_000) == 0)
            return nil
        }
    }
}
