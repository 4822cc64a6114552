import HTTP
import Testing
import TextFormats

/// Numbers from clients, files and clocks have no limits but their type: none of them ends the daemon.
@Suite struct ExtremeNumberTests {
    static let times = [
        Int.min, Int.min + 1, -253_402_300_800, -62_135_596_801, -62_135_596_800, -1, 0,
        253_402_300_799, 253_402_300_800, 1 << 40, 1 << 62, .max - 1, .max,
    ]
    private static let sizes = [0, 1, 2, 1 << 31, 1 << 53, 1 << 62, Int.max - 1, .max]

    @Test(arguments: times) func everyTimeIsADateOfTheSameLength(_ seconds: Int) {
        let text = HTTPDate.text(secondsSince1970: seconds)
        #expect(text.utf8.count == HTTPDate.length)
        let bytes = Array(text.utf8)
        let read = HTTPDate.seconds(bytes.span, 0..<bytes.count, now: seconds)
        #expect(read == CivilDate.clamped(seconds))
        _ = CivilDate(secondsSince1970: seconds).weekday
        let short = Array("Sunday, 06-Nov-94 08:49:37 GMT".utf8)
        _ = HTTPDate.seconds(short.span, 0..<short.count, now: seconds)
    }

    /// A file's validator is what its header says, whatever its time.
    @Test(arguments: times, times) func everyTimeCanBeAskedFor(_ modified: Int, _ now: Int) throws {
        let tag = Array("\"a\"".utf8)
        let date = HTTPDate.text(secondsSince1970: modified)
        for field in ["If-Range", "If-Modified-Since", "If-Unmodified-Since"] {
            let request = ParsedRequest("GET / HTTP/1.1\r\nHost: h\r\n\(field): \(date)\r\n\r\n")
            let head = try #require(request.head)
            let outcome = Preconditions.evaluate(
                head, in: request.bytes.span, tag: tag.span, modified: modified, now: now)
            #expect(outcome == (field == "If-Modified-Since" ? .notModified : .met))
            _ = Preconditions.allowRange(
                head, in: request.bytes.span, tag: tag.span, modified: modified, now: now)
        }
    }

    private static let numbers = [
        "0", "1", "999999999999999999", "1000000000000000000", "9223372036854775806",
        "9223372036854775807", "9223372036854775808", "18446744073709551616",
        String(repeating: "9", count: 60),
    ]

    @Test(arguments: numbers, numbers) func everyRangeCanBeAskedFor(_ first: String, _ last: String)
    {
        for size in Self.sizes {
            for text in [
                "\(first)-\(last)", "\(first)-", "-\(last)", "\(first)-\(last),-1", "0-0,\(first)-",
            ] {
                let bytes = Array("bytes=\(text)".utf8)
                let ranges: [Range<Int>]
                switch RangeSet(bytes.span, 0..<bytes.count, size: size) {
                case .one(let range): ranges = [range]
                case .many(let all): ranges = all
                case .whole, .unsatisfiable: ranges = []
                }
                #expect(ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= size })
            }
        }
    }

    @Test(arguments: numbers) func everyLengthIsTakenOrRefused(_ number: String) {
        let request = ParsedRequest(
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(number)\r\n\r\n")
        #expect(request.outcome == (number.utf8.count > 18 ? .refused(400) : .complete))
        let port = ParsedRequest("GET / HTTP/1.1\r\nHost: h:\(number)\r\n\r\n")
        #expect(port.outcome == (number.utf8.count > 4 ? .refused(400) : .complete))
    }

    @Test(arguments: [
        "fffffffffffffff", "ffffffffffffffff", "7fffffffffffffff", "80000000000000000",
    ])
    func everyChunkSizeIsTakenOrRefused(_ size: String) throws {
        var decoder = ContentDecoder(.chunked)
        let bytes = Array("\(size)\r\nabc".utf8)
        #expect(throws: RequestFault.self) { try decoder.consume(bytes.span) }
    }

    /// What was no request is recorded with what it asked for.
    @Test(arguments: [
        ("GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", "GET", "/a#b"),
        ("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "GET", "/a b"),
        ("GET a.test HTTP/1.1\r\nHost: h\r\n\r\n", "GET", "a.test"),
        ("GET /old\r\n\r\n", "GET", "/old"), ("GET /x HTTP/1\r\n\r\n", "GET", "/x HTTP/1"),
        ("GET http://[/ HTTP/1.1\r\nHost: h\r\n\r\n", "GET", "http://[/"),
        ("CONNECT x HTTP/1.1\r\nHost: h\r\n\r\n", "CONNECT", "x"),
        ("\u{1b}[2J HTTP/1.1\r\n\r\n", "", ""),
        (
            "GET /" + String(repeating: "a", count: 9_000), "GET",
            "/" + String(repeating: "a", count: 1_019)
        ),
    ])
    func aBadTargetIsKept(_ text: String, _ method: String, _ target: String) {
        let bytes = Array(text.utf8)
        var parser = RequestHeadParser()
        #expect(throws: RequestFault.self) { try parser.parse(bytes.span) }
        let head = parser.head
        #expect(String(decoding: bytes[head.methodName], as: UTF8.self) == method)
        #expect(String(decoding: bytes[head.target.path], as: UTF8.self) == target)
    }
}
