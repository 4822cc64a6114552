import NetworkTypes
import Testing

@testable import ProxyProtocol

@Suite struct TextHeaderTests {
    private func header(_ line: String) throws -> ProxyHeader {
        let bytes = Array(line.utf8)
        guard case .text(let count) = try ProxyHeader.prefix(of: bytes.span), count == bytes.count
        else { throw ProxyHeaderError("not all of it is the header") }
        return try ProxyHeader(text: bytes.span)
    }

    /// Examples of the specification, 2.1.
    @Test(arguments: [
        ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535"),
        (
            "PROXY TCP6 ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"
                .replacing("f...f", with: "ffff:ffff:ffff:ffff:ffff:ffff"),
            "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"
        ),
        ("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "192.168.0.1:56324"),
        ("PROXY TCP6 ::1 ::2 0 1\r\n", "[::1]:0"),
    ]) func isRead(_ line: String, _ client: String) throws {
        let header = try header(line)
        #expect(header.addresses?.source.description == client)
        #expect((header.version, header.fields) == (1, []))
    }

    @Test(arguments: [
        "PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 what ever\r\n",
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
    ]) func isNobodys(_ line: String) throws {
        #expect(try header(line).addresses == nil)
    }

    @Test(arguments: [
        "PROXY TCP4 192.168.0.1 192.168.0.11 56324\r\n",
        "PROXY TCP4 192.168.0.1 192.168.0.11 1 2 3\r\n",
        "PROXY TCP4 192.168.0.1  192.168.0.11 1 2\r\n", "PROXY TCP4 ::1 ::2 1 2\r\n",
        "PROXY TCP6 192.168.0.1 192.168.0.11 1 2\r\n",
        "PROXY TCP4 192.168.0.1 192.168.0.11 65536 2\r\n",
        "PROXY TCP4 192.168.0.1 192.168.0.11 01 2\r\n",
        "PROXY TCP4 192.168.0.1 192.168.0.11 +1 2\r\n",
        "PROXY TCP4 192.168.0.1 192.168.0.11 -1 2\r\n",
        "PROXY TCP4 192.168.00.1 192.168.0.11 1 2\r\n",
        "PROXY TCP4 192.168.0.1 192.168.0.11 1 \r\n", "PROXY TCP4 name.test 192.168.0.11 1 2\r\n",
        "PROXY TCP4\t192.168.0.1 192.168.0.11 1 2\r\n",
        "PROXY UDP4 192.168.0.1 192.168.0.11 1 2\r\n",
        "PROXY tcp4 192.168.0.1 192.168.0.11 1 2\r\n", "PROXY UNKNOWNX\r\n", "PROXY \r\n",
        "PROXY TCP4 192.168.0.1 192.168.0.11 1 2\n", "PROXY TCP6 fe80::1%lo ::2 1 2\r\n",
        "PROXY TCP4 192.168.0.1\0 192.168.0.11 1 2\r\n",
    ]) func isRefused(_ line: String) {
        #expect(throws: ProxyHeaderError.self) { try header(line) }
    }

    @Test func eachTruncationIsIncomplete() throws {
        let line = Array("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n".utf8)
        for count in 0..<line.count {
            #expect(try ProxyHeader.prefix(of: line.span.extracting(0..<count)) == .incomplete)
        }
        let more = line + Array("GET / HTTP/1.1\r\n".utf8)
        #expect(try ProxyHeader.prefix(of: more.span) == .text(count: line.count))
    }

    @Test func aLineThatNeverEndsIsRefused() throws {
        let line = Array("PROXY UNKNOWN ".utf8) + [UInt8](repeating: 65, count: 200)
        let limit = ProxyHeader.textLimit
        #expect(
            try ProxyHeader.prefix(of: line.span.extracting(0..<(limit - 1))) == .incomplete)
        #expect(throws: ProxyHeaderError("its line is longer than 107 bytes")) {
            try ProxyHeader.prefix(of: line.span.extracting(0..<limit))
        }
    }

    /// The first byte that is none of a header decides: nobody waits for more of it.
    @Test(arguments: ["G", "PROXY-", "P ", "\u{16}\u{3}\u{1}", "\r\n\r\nX", "SSH-2.0-x\r\n"])
    func somethingElseIsTold(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: ProxyHeaderError.missing) { try ProxyHeader.prefix(of: bytes.span) }
    }
}
