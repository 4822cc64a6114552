import HTTP
import Testing

/// What RFC 9112 demands of an origin server that reads requests, section by section.
@Suite struct RequirementTests {
    /// A request, and what must come of it.
    struct Row: Sendable, CustomTestStringConvertible {
        let section: String
        let rule: String
        let request: String
        let outcome: ParsedRequest.Outcome
        var testDescription: String { "\(section) \(rule)" }

        init(_ section: String, _ rule: String, _ request: String, _ status: Int? = nil) {
            (self.section, self.rule, self.request) = (section, rule, request)
            outcome = status.map { .refused($0) } ?? .complete
        }
    }

    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n"

    static let syntax: [Row] = [
        Row("2.2", "octets, not characters", get + "X: \u{e9}\u{4e2d}\r\n\r\n"),
        Row("2.2", "an empty line before the request", "\r\n" + get + "\r\n"),
        Row("2.2", "a bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("2.2", "a bare CR in a value", get + "X: a\rb\r\n\r\n", 400),
        Row("2.2", "a bare CR in a name", get + "X\rY: b\r\n\r\n", 400),
        Row("2.2", "a bare LF ends no line", "GET / HTTP/1.1\nHost: a\n\n", 400),
        Row("2.2", "a bare LF within a head", get + "X: a\nY: b\r\n\r\n", 400),
        Row("2.2", "whitespace after the request line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        Row("2.2", "a tab after the request line", "GET / HTTP/1.1\r\n\tX: b\r\n\r\n", 400),
        Row("2.2", "what is no HTTP", "\u{16}\u{3}\u{1}\r\n\r\n", 400),
        Row("2.3", "a higher minor version", "GET / HTTP/1.9\r\nHost: a\r\n\r\n"),
        Row("2.3", "a lower minor version", "GET / HTTP/1.0\r\n\r\n"),
        Row("2.3", "another major version", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        Row("2.3", "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\n", 505),
        Row("2.3", "major version 0", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
        Row("2.3", "the name has a case", "GET / http/1.1\r\nHost: a\r\n\r\n", 400),
        Row("2.3", "one digit each", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400),
        Row("2.3", "a version must be there", "GET /\r\n\r\n", 400),
        Row(
            "3", "a line as long as 8,000",
            "GET /\(String(repeating: "a", count: 7_990)) HTTP/1.1"
                + "\r\nHost: a\r\n\r\n"),
        Row("3", "a longer target", "GET /\(String(repeating: "a", count: 9_000))", 414),
        Row("3", "two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("3", "a space at the end", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        Row("3", "a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("3", "a tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("3", "a space before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("3.1", "a method is a token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("3.1", "a method that nobody knows", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Row("5", "a field without a colon", get + "X\r\n\r\n", 400),
        Row("5", "a field without a name", get + ": a\r\n\r\n", 400),
        Row("5.1", "a space before the colon", get + "X : a\r\n\r\n", 400),
        Row("5.1", "a tab before the colon", get + "X\t: a\r\n\r\n", 400),
        Row("5.1", "a space before a known colon", get + "Content-Length : 5\r\n\r\n", 400),
        Row("5.1", "space around a value", get + "X: \t a \t\r\n\r\n"),
        Row("5.2", "folding", get + "X: a\r\n b\r\n\r\n", 400),
        Row("5.2", "folding with a tab", get + "X: a\r\n\tb\r\n\r\n", 400),
        Row("5.2", "folding to nothing", get + "X: a\r\n \r\n\r\n", 400),
        Row("5.5", "a NUL in a value", get + "X: a\0b\r\n\r\n", 400),
        Row("5.5", "a control character in a value", get + "X: a\u{7}b\r\n\r\n", 400),
        Row("5.5", "DEL in a value", get + "X: a\u{7f}b\r\n\r\n", 400),
    ]

    static let hosts: [Row] = [
        Row("3.2", "no Host", "GET / HTTP/1.1\r\n\r\n", 400),
        Row("3.2", "no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
        Row("3.2", "two Hosts", get + "Host: a\r\n\r\n", 400),
        Row("3.2", "two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        Row("3.2", "an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
        Row("3.2", "a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        Row("3.2", "a Host with a list", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
        Row("3.2", "a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        Row("3.2", "a Host with a bad port", "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n", 400),
        Row("3.2", "a Host with a great port", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400),
        Row("3.2", "a Host with a port", "GET / HTTP/1.1\r\nHost: a:8080\r\n\r\n"),
        Row("3.2", "a Host with a colon only", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n"),
        Row("3.2", "an IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
        Row("3.2", "a broken IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
        Row("3.2", "an IPv6 Host with more", "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n", 400),
        Row("3.2.1", "a relative path", "GET index.html HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("3.2.1", "a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("3.2.2", "an absolute target", "GET http://b/c HTTP/1.1\r\nHost: a\r\n\r\n"),
        Row("3.2.2", "an absolute target, no Host", "GET http://b/c HTTP/1.1\r\n\r\n", 400),
        Row(
            "3.2.2", "an absolute target, bad name", "GET http://b@c/ HTTP/1.1\r\nHost: a\r\n\r\n",
            400),
        Row(
            "3.2.2", "an absolute target without a host",
            "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n",
            400),
        Row("3.2.2", "another scheme", "GET ftp://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("3.2.3", "an authority for GET", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("3.2.3", "an authority for CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"),
        Row("3.2.3", "a path for CONNECT", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("3.2.4", "an asterisk for OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        Row("3.2.4", "an asterisk for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ]

    private static let post = "POST / HTTP/1.1\r\nHost: a\r\n"
    private static let coded = post + "Transfer-Encoding: "

    static let framing: [Row] = [
        Row("6.1", "chunked", coded + "chunked\r\n\r\n"),
        Row("6.1", "chunked in any case", coded + "CHUNKED\r\n\r\n"),
        Row("6.1", "a coding that is not known", coded + "gzip, chunked\r\n\r\n", 501),
        Row("6.1", "chunked twice", coded + "chunked, chunked\r\n\r\n", 400),
        Row(
            "6.1", "chunked on two lines", coded + "chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            400),
        Row("6.1", "chunked not last", coded + "chunked, gzip\r\n\r\n", 400),
        Row("6.1", "no chunked at all", coded + "gzip\r\n\r\n", 400),
        Row("6.1", "chunked with a control", coded + "\u{b}chunked\r\n\r\n", 400),
        Row("6.1", "chunked in quotes", coded + "\"chunked\"\r\n\r\n", 400),
        Row("6.1", "an empty coding", coded + "\r\n\r\n", 400),
        Row(
            "6.1", "chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            400),
        Row("6.1", "with a length too", coded + "chunked\r\nContent-Length: 3\r\n\r\n", 400),
        Row(
            "6.1", "with a length before",
            post + "Content-Length: 3\r\nTransfer-Encoding: chunked"
                + "\r\n\r\n", 400),
        Row("6.2", "a length", post + "Content-Length: 3\r\n\r\n"),
        Row("6.2", "a length of nothing", post + "Content-Length:\r\n\r\n", 400),
        Row("6.2", "a length with a sign", post + "Content-Length: +3\r\n\r\n", 400),
        Row("6.2", "a negative length", post + "Content-Length: -3\r\n\r\n", 400),
        Row("6.2", "a hexadecimal length", post + "Content-Length: 0x3\r\n\r\n", 400),
        Row("6.2", "a length with a space", post + "Content-Length: 3 3\r\n\r\n", 400),
        Row(
            "6.2", "a length beyond all", post + "Content-Length: 9999999999999999999\r\n\r\n", 400),
        Row(
            "6.3", "two lengths that differ",
            post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
            400),
        Row(
            "6.3", "two lengths alike", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", 400
        ),
        Row("6.3", "a list of lengths", post + "Content-Length: 3, 3\r\n\r\n", 400),
        Row(
            "9110 10.1.1", "100-continue",
            post + "Content-Length: 3\r\nExpect: 100-Continue\r\n\r\n"),
        Row("9110 10.1.1", "another expectation", post + "Expect: tea\r\n\r\n", 417),
        Row("9110 10.1.1", "HTTP/1.0 expects nothing", "POST / HTTP/1.0\r\nExpect: tea\r\n\r\n"),
    ]

    @Test(arguments: syntax + hosts + framing)
    func holds(_ row: Row) {
        let request = ParsedRequest(row.request)
        #expect(request.outcome == row.outcome, "\(request.fault?.reason ?? "")")
    }

    @Test(arguments: syntax + hosts + framing)
    func holdsByteByByte(_ row: Row) {
        #expect(ParsedRequest(Array(row.request.utf8), step: 1).outcome == row.outcome)
    }

    @Test func anAbsoluteTargetGoesBeforeHost() {
        let request = ParsedRequest("GET http://b:81/c?d HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(request[request.head?.authority] == "b:81")
        #expect(request[request.head?.target.path] == "/c")
        #expect(request[request.head?.target.query] == "d")
    }

    @Test func optionsWithoutAPathIsAboutTheServer() {
        let request = ParsedRequest("OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(request.head?.target.form == .asterisk)
    }

    @Test func aLengthOfZeroIsNoContent() {
        let request = ParsedRequest("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        #expect(request.head?.framing == RequestHead.Framing.none)
    }

    @Test(arguments: [
        ("1.1", "", true), ("1.1", "Connection: close\r\n", false),
        ("1.1", "Connection: x, Close\r\n", false), ("1.1", "Connection: keep-alive\r\n", true),
        ("1.1", "Connection: keep-alive\r\nConnection: close\r\n", false),
        ("1.0", "", false), ("1.0", "Connection: Keep-Alive\r\n", true),
        ("1.0", "Connection: keep-alive, close\r\n", false),
    ])
    func persists(_ version: String, _ field: String, _ persists: Bool) {
        // RFC 9112, 9.3.
        let request = ParsedRequest("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n")
        #expect(request.head?.isPersistent == persists)
    }
}
