import HTTP
import Testing

/// Where the content of a request ends (RFC 9112, 7.1).
@Suite struct ContentDecoderTests {
    /// Reads a content in pieces.
    ///
    /// - Returns: the bytes of content and how many bytes were taken; nil if it is not done.
    private func read(
        _ framing: RequestHead.Framing, _ text: String, step: Int
    ) throws -> (content: Int, taken: Int)? {
        var decoder = ContentDecoder(framing)
        let bytes = Array(text.utf8)
        var taken = 0
        while !decoder.isDone, taken < bytes.count {
            let piece = Array(bytes[taken..<min(bytes.count, taken + step)])
            taken += try decoder.consume(piece.span)
        }
        return decoder.isDone ? (decoder.count, taken) : nil
    }

    @Test(arguments: [
        ("3\r\nabc\r\n0\r\n\r\n", 3), ("0\r\n\r\n", 0), ("000\r\n\r\n", 0),
        ("a\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n", 11),
        ("A;x=y;z=\"q\"\r\n0123456789\r\n0\r\n\r\n", 10), ("1 \t;x\r\na\r\n0\r\n\r\n", 1),
        ("1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\n", 1), ("0000000002\r\nab\r\n0\r\n\r\n", 2),
    ])
    func ends(_ text: String, _ count: Int) throws {
        for step in [1, 3, 1_000] {
            let end = try read(.chunked, text + "GET", step: step)
            #expect(end?.content == count)
            #expect(end?.taken == text.utf8.count)
        }
    }

    @Test(arguments: [
        "\r\n", "x\r\n", "-1\r\n", "0x1\r\na\r\n", " 1\r\na\r\n", "1\na\r\n", "1\r\r\n",
        "1\r\nab\r\n", "1\r\na\n", "1\r\na\r\r", "1;\u{1}\r\na\r\n", "1 x\0\r\n",
        "1 \r\na\r\n", "1\t2\r\na\r\n",
        "ffffffffffffffff\r\n", "0\r\n X: y\r\n\r\n", "0\r\nX: y\n\r\n", "0\r\nX: \0\r\n\r\n",
        "0\r\nX : y\r\n\r\n", "0\r\nX y\r\n\r\n", "0\r\nX\r\n\r\n", "0\r\nX: y\r\n z\r\n\r\n",
        "0\r\nGET /nope HTTP/1.1\r\n\r\n", "0\r\n: y\r\n\r\n",
        "0\r\n\rx", "1;\(String(repeating: "x", count: 300))\r\n",
        "0\r\nX: \(String(repeating: "x", count: 9_000))\r\n\r\n",
    ])
    func refuses(_ text: String) {
        #expect(throws: RequestFault.self) { try read(.chunked, text, step: 1) }
        #expect(throws: RequestFault.self) { try read(.chunked, text, step: 1_000) }
    }

    @Test func whatComesForNothingIsCounted() throws {
        var decoder = ContentDecoder(.chunked)
        let zeros = String(repeating: "0", count: 20)
        let text = "1\r\na\r\n1;x=y\r\na\r\n1 \t;z\r\na\r\n\(zeros)1\r\na\r\n0\r\n\r\n"
        _ = try decoder.consume(Array(text.utf8).span)
        #expect(decoder.isDone && decoder.count == 4)
        // But for the byte that ends the size.
        #expect(decoder.extensionCount == 3 + 3 + 5)
    }

    @Test func manyTrailerFieldsHaveOneLimit() {
        let trailer = "0\r\n" + String(repeating: "X: y\r\n", count: 2_000)
        #expect(throws: RequestFault.self) { try read(.chunked, trailer, step: 100) }
    }

    @Test func countsALength() throws {
        for step in [1, 2, 100] {
            let end = try read(.length(5), "abcdeGET", step: step)
            #expect(end?.content == 5)
            #expect(end?.taken == 5)
        }
        #expect(try read(.length(5), "abcd", step: 3) == nil)
        #expect(ContentDecoder(.none).isDone)
    }
}
