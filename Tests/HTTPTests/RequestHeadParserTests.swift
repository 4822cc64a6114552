import HTTP
import Testing

/// What a head yields, and how much of one there may be.
@Suite struct RequestHeadParserTests {
    @Test func findsTheParts() {
        let request = ParsedRequest(
            "HEAD /a/b?c=d HTTP/1.1\r\nhOST: Example.org:8080\r\nUser-Agent:  x y \r\n"
                + "If-None-Match: \"1\"\r\nX-Other: z\r\n\r\nrest")
        #expect(request.head?.method == .head)
        #expect(request[request.head?.methodName] == "HEAD")
        #expect(request[request.head?.target.query] == "c=d")
        #expect(request[request.head?.target.path] == "/a/b")
        #expect(request[request.head?.authority] == "Example.org:8080")
        #expect(request[.userAgent] == "x y")
        #expect(request[.ifNoneMatch] == "\"1\"")
        #expect(request[.referer] == nil)
        #expect(request[request.head.map { $0.end..<request.bytes.count }] == "rest")
    }

    @Test(arguments: Field.allCases)
    func findsEveryField(_ field: Field) {
        let value =
            switch field {
            case .contentLength: "7"
            case .transferEncoding: "chunked"
            case .expect: "100-continue"
            default: "v"
            }
        let host = field == .host ? "" : "Host: h\r\n"
        let request = ParsedRequest(
            "GET / HTTP/1.1\r\n\(host)\(field.name.uppercased()): \(value)\r\n\r\n")
        #expect(request[field] == value)
        for other in Field.allCases where other != field && other != .host {
            #expect(request[other] == nil, "\(other)")
        }
    }

    @Test func takesAllLinesOfAField() {
        let request = ParsedRequest(
            "GET / HTTP/1.1\r\nHost: h\r\nIf-Match: a\r\nX: b\r\nif-match:c\r\nIF-MATCH: d \r\n\r\n"
        )
        var values: [String] = []
        request.head?.forEachLine(of: .ifMatch, in: request.bytes.span) {
            values.append(request[$0] ?? "")
        }
        #expect(values == ["a", "c", "d"])
    }

    @Test(arguments: [
        ("/", true), ("/a/b.html", true), ("/a?b/../c%41", true), ("/a.b", true),
        ("/.a", false), ("/a/../b", false), ("//a", false), ("/a//", false), ("/%41", false),
    ])
    func tellsPlainPaths(_ target: String, _ isPlain: Bool) {
        let request = ParsedRequest("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(request.head?.target.isPlain == isPlain)
    }

    @Test func aHeadHasALimit() {
        let line = "X: \(String(repeating: "a", count: 8_000))\r\n"
        let request = "GET / HTTP/1.1\r\nHost: h\r\n"
        #expect(ParsedRequest(request + line + "\r\n").outcome == .complete)
        let five = request + line + line + line + line + line
        #expect(ParsedRequest(five).outcome == .refused(431))
        let long = request + "X: \(String(repeating: "a", count: 9_000))"
        #expect(ParsedRequest(long).outcome == .refused(431))
        let many = request + String(repeating: "X: a\r\n", count: 100)
        #expect(ParsedRequest(many).outcome == .refused(431))
    }

    @Test func emptyLinesBeforeARequestHaveALimit() {
        let blank = String(repeating: "\r\n", count: 20_000)
        #expect(ParsedRequest(blank).outcome == .refused(431))
    }

    @Test func aHeadThatIsNotThereIsIncomplete() {
        for text in ["", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\r"] {
            #expect(ParsedRequest(text).outcome == .incomplete, "\(text)")
        }
    }

    @Test(arguments: ["\u{16}\u{3}\u{1}", "<", "\0"])
    func whatIsNoHTTPIsRefusedAtItsFirstByte(_ text: String) {
        #expect(ParsedRequest(text).outcome == .refused(400))
    }
}
