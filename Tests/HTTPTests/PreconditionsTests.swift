import HTTP
import Testing

/// The order and meaning of conditions (RFC 9110, 13).
@Suite struct PreconditionsTests {
    private static let tag = Array("\"abc\"".utf8)
    private static let modified = 784_111_777
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let before = "Sun, 06 Nov 1994 08:49:36 GMT"

    private func evaluate(_ fields: String) throws -> Preconditions.Outcome {
        let request = ParsedRequest("GET / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n")
        let head = try #require(request.head)
        return Preconditions.evaluate(
            head, in: request.bytes.span, tag: Self.tag.span, modified: Self.modified,
            now: 1_800_000_000)
    }

    @Test(
        arguments: [
            ("X: y", .met), ("If-Match: *", .met), ("If-Match: \"abc\"", .met),
            ("If-Match: \"x\", \"abc\"", .met), ("If-Match: \"x\"\r\nIf-Match: \"abc\"", .met),
            ("If-Match: \"x\"", .failed), ("If-Match: W/\"abc\"", .failed), ("If-Match:", .failed),
            ("If-Match: \"x\"\r\nIf-None-Match: \"abc\"", .failed),
            ("If-Match: \"abc\"\r\nIf-Unmodified-Since: \(before)", .met),
            ("If-Unmodified-Since: \(before)", .failed), ("If-Unmodified-Since: \(date)", .met),
            ("If-Unmodified-Since: soon", .met),
            ("If-None-Match: *", .notModified), ("If-None-Match: \"abc\"", .notModified),
            ("If-None-Match: W/\"abc\"", .notModified),
            ("If-None-Match: \"x,\", \"abc\"", .notModified),
            ("If-None-Match: \"x\"\r\nIf-None-Match: \"abc\"", .notModified),
            ("If-None-Match: \"x\"", .met), ("If-None-Match: \"a,\\\"abc\\\"\"", .met),
            ("If-None-Match: \"x\"\r\nIf-Modified-Since: \(date)", .met),
            ("If-Modified-Since: \(date)", .notModified), ("If-Modified-Since: \(before)", .met),
            ("If-Modified-Since: tomorrow", .met), ("If-Modified-Since:", .met),
            ("If-Unmodified-Since:", .met), ("If-None-Match:", .met),
            ("If-None-Match:\r\nIf-Modified-Since: \(date)", .met),
            ("If-Modified-Since: \(date)\r\nIf-Modified-Since: \(date)", .met),
        ] as [(String, Preconditions.Outcome)])
    func decides(_ fields: String, _ outcome: Preconditions.Outcome) throws {
        #expect(try evaluate(fields) == outcome)
    }

    @Test(arguments: [
        ("X: y", true), ("If-Range: \"abc\"", true), ("If-Range: \"x\"", false),
        ("If-Range: W/\"abc\"", false), ("If-Range: \(date)", true), ("If-Range: \(before)", false),
        ("If-Range: never", false), ("If-Range:", false), ("If-Range: ", false),
        ("If-Range:\r\nIf-Range: \"abc\"", false),
        ("If-Range: \"abc\"\r\nIf-Range: \"abc\"", false),
    ])
    func decidesOnRanges(_ fields: String, _ isAllowed: Bool) throws {
        let request = ParsedRequest("GET / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n")
        let head = try #require(request.head)
        let allows = Preconditions.allowRange(
            head, in: request.bytes.span, tag: Self.tag.span, modified: Self.modified,
            now: 1_800_000_000)
        #expect(allows == isAllowed)
    }

    @Test func aFreshDateIsNoStrongValidator() throws {
        let request = ParsedRequest(
            "GET / HTTP/1.1\r\nHost: h\r\nIf-Range: \(Self.date)\r\n\r\n")
        let head = try #require(request.head)
        let allows = Preconditions.allowRange(
            head, in: request.bytes.span, tag: Self.tag.span, modified: Self.modified,
            now: Self.modified + 1)
        #expect(!allows)
    }
}
