import HTTP
import Testing

/// What a client takes (RFC 9110, 12.5.3).
@Suite struct AcceptedCodingsTests {
    private func read(_ value: String) throws -> AcceptedCodings {
        let request = ParsedRequest(
            "GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: \(value)\r\n\r\n")
        return AcceptedCodings(try #require(request.head), in: request.bytes.span)
    }

    @Test(arguments: [
        ("gzip", 0, 0, 1_000), ("gzip, br, zstd", 1_000, 1_000, 1_000), ("", 0, 0, 0),
        ("gzip;q=0.5, br;q=0", 0, 0, 500), ("*", 1_000, 1_000, 1_000),
        ("*;q=0.1, br", 1_000, 100, 100),
        ("x-gzip ; q=0.123", 0, 0, 123), ("GZIP;Q=1.000", 0, 0, 1_000), ("gzip;q=2", 0, 0, 0),
        ("gzip;q=", 0, 0, 0), ("gzip;q=x", 0, 0, 0), ("gzip;level=1", 0, 0, 0),
        ("br\r\nAccept-Encoding: gzip;q=0.2", 1_000, 0, 200), ("gzip;q=0.1234", 0, 0, 0),
    ])
    func weighs(_ value: String, _ brotli: Int, _ zstd: Int, _ gzip: Int) throws {
        let codings = try read(value)
        #expect(codings.weight(.brotli) == brotli)
        #expect(codings.weight(.zstd) == zstd)
        #expect(codings.weight(.gzip) == gzip)
    }

    @Test func withoutTheFieldNothingIsCompressed() throws {
        let request = ParsedRequest("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let codings = AcceptedCodings(try #require(request.head), in: request.bytes.span)
        #expect(ContentCoding.allCases.allSatisfy { codings.weight($0) == 0 })
    }
}
