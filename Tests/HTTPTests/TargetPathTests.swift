import HTTP
import Testing

/// How a path becomes the name of a file.
@Suite struct TargetPathTests {
    private func decode(_ path: String) throws -> TargetPath? {
        let bytes = Array(path.utf8)
        return try TargetPath(bytes.span, 0..<bytes.count)
    }

    @Test(arguments: [
        ("", "/"), ("/", "/"), ("/a", "/a"), ("/a/", "/a/"), ("//", "/"), ("/a//b///c/", "/a/b/c/"),
        ("/.", "/"), ("/./a/./b", "/a/b"), ("/a/..", "/"), ("/a/../b", "/b"), ("/a/b/../", "/a/"),
        ("/a/b/../../c", "/c"), ("/%61%2e%62", "/a.b"), ("/a/%2e%2E/b", "/b"), ("/a/.%2e/b", "/b"),
        ("/%e4%b8%ad", "/\u{4e2d}"), ("/a%20b", "/a b"), ("/a%5cb", "/a\\b"), ("/...", "/..."),
        ("/a/...", "/a/..."), ("/a%25b", "/a%b"), ("/a+b", "/a+b"),
    ])
    func decodes(_ path: String, _ name: String) throws {
        let decoded = try #require(try decode(path))
        #expect(String(decoding: decoded.bytes, as: UTF8.self) == name)
    }

    @Test(arguments: [
        "/..", "/../a", "/a/../..", "/a/../../b", "/%2e%2e", "/%2e./a", "/./..", "//..",
        "/a/b/../../../c", "/%", "/%4", "/%zz", "/a%2", "/%2g",
    ])
    func refuses(_ path: String) {
        #expect(throws: RequestFault.self) { try decode(path) }
    }

    @Test(arguments: ["/%00", "/a%00.html", "/a%2fb", "/a%2Fb", "/%2f..%2f"])
    func namesNoFile(_ path: String) throws {
        #expect(try decode(path) == nil)
    }

    @Test(arguments: [
        ("/.a", true), ("/a/.b/c", true), ("/a.b", false), ("/%2ea", true),
        ("/.a/../b", true), ("/./a", false),
    ])
    func seesDotFiles(_ path: String, _ hasDots: Bool) throws {
        #expect(try decode(path)?.hasDotSegment == hasDots)
    }

    @Test(arguments: 1...400)
    func neverLeavesTheRoot(_ seed: Int) {
        // All that is made of these pieces, in an order that the number decides.
        let pieces = [
            "..", ".", "/", "%2e", "%2f", "a", "%5c", "\\", "%c0%ae", "%00", "..;", "%252e", "%",
            "...",
        ]
        var (path, rest) = ("/", UInt64(seed) &* 0x9e37_79b9_7f4a_7c15)
        for _ in 0..<12 {
            path += pieces[Int(rest % UInt64(pieces.count))]
            rest = (rest >> 4) &* 0x9e37_79b9_7f4a_7c15
        }
        guard let decoded = try? decode(path) else { return }
        let segments = decoded.bytes.split(separator: UInt8(ascii: "/"))
        #expect(decoded.bytes.first == UInt8(ascii: "/"))
        #expect(!decoded.bytes.contains(0))
        #expect(!segments.contains(Array("..".utf8)[...]), "\(path)")
        #expect(!segments.contains(Array(".".utf8)[...]), "\(path)")
    }
}
