import TLS
import Testing

/// What the first bytes of a client come to, before there is anything of libssl for it.
@Suite struct ClientHelloScanTests {
    /// A handshake message in records of so many bytes each; of type 1, a ClientHello.
    private static func records(
        _ length: Int, in size: Int = 16_384, type: UInt8 = 1, stated: Int? = nil
    ) -> [UInt8] {
        let stated = stated ?? length
        let head = [type, UInt8(stated >> 16), UInt8(stated >> 8 & 255), UInt8(stated & 255)]
        let message = head + [UInt8](repeating: 7, count: length)
        return stride(from: 0, to: message.count, by: size).flatMap { start in
            let part = message[start..<min(start + size, message.count)]
            return [22, 3, 1, UInt8(part.count >> 8), UInt8(part.count & 255)] + part
        }
    }

    private func verdict(_ bytes: [UInt8]) -> ClientHelloScan.Verdict {
        var scan = ClientHelloScan()
        return scan.scan(bytes.span)
    }

    /// Shows it one byte more each time.
    private func verdicts(_ bytes: [UInt8]) -> [ClientHelloScan.Verdict] {
        var scan = ClientHelloScan()
        var all: [ClientHelloScan.Verdict] = []
        for count in 1...bytes.count {
            all.append(scan.scan(bytes.span.extracting(first: count)))
            if all.last != .incomplete { break }
        }
        return all
    }

    private func alert(_ bytes: [UInt8]) -> UInt8? {
        if case .refused(_, let alert) = verdict(bytes) { alert } else { nil }
    }

    private func message(_ bytes: [UInt8]) -> String? {
        if case .refused(let error, _) = verdict(bytes) { error.message } else { nil }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 100, 16_384])
    func isCompleteWithItsLastByteInWhateverRecordsItComes(_ size: Int) {
        for length in [0, 1, 38, 512, 2_000] {
            let bytes = Self.records(length, in: size)
            let all = verdicts(bytes)
            #expect(all.count == bytes.count && all.last == .complete)
            #expect(verdict(bytes + [22, 3, 3, 0]) == .complete)
            #expect(verdict(bytes + bytes) == .complete)
        }
    }

    @Test func isBoundedInAll() {
        #expect(ClientHelloScan.limit == 65_536)
        #expect(verdict(Self.records(65_536)) == .complete)
        // Refused when its length is known, whatever has come of it.
        let beginning = Array(Self.records(65_537).prefix(9))
        #expect(alert(beginning) == 47)
        #expect(message(beginning) == "ClientHello of 65537 bytes, at most 65536 are possible")
        #expect(alert(Self.records(10, stated: 0xFF_FFFF)) == 47)
        // With a head of five bytes for each.
        let small = Self.records(40_000, in: 1)
        #expect(verdicts(small).count < 140_000)
        #expect(message(Array(small.prefix(140_000))) == "ClientHello in too many records")
    }

    @Test func whatIsNoClientHelloIsRefusedWithTheAlertOfLibssl() {
        #expect(alert([22, 3, 1, 0, 0]) == 10)
        #expect(alert([22, 3, 1, 0x40, 1]) == 22)
        #expect(alert(Self.records(9, type: 2)) == 10)
        #expect(
            message(Self.records(9, type: 20, stated: 99).dropLast(9) + [])
                == "a handshake message of type 20 came in place of a ClientHello")
        #expect(alert(Array(Self.records(90, in: 20).prefix(25)) + [23, 3, 3, 0, 1]) == 10)
        #expect(alert([23, 3, 3, 0, 1, 0]) == 10)
        #expect(alert([20, 3, 3, 0, 1, 1]) == 10)
        // Nobody answers an alert (RFC 8446, 6.2).
        #expect(
            verdict([21, 3, 1, 0, 2, 2, 48])
                == .refused(TLSError("peer sent alert: unknown ca", code: "alert"), alert: nil))
        #expect(verdict([21, 3, 1, 0, 2, 2]) == .incomplete)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n", "HEAD /", "POST ", "PUT /x", "DELETE /", "CONNECT a:443",
        "OPTIONS *", "TRACE /", "PATCH /", "PROPFIND /", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ])
    func plainHTTPIsTold(_ text: String) {
        let all = verdicts(Array(text.utf8))
        #expect(all.last == .plainHTTP(isHead: text.hasPrefix("HEAD")))
        #expect(verdict(Array(text.utf8)) == all.last)
    }

    @Test(arguments: [
        ("EHLO x\r\n", #""EHLO x\x0d\x0a""#), ("SSH-2.0-x", #""SSH-2.0-x""#), ("GETX", #""GETX""#),
        ("get / HTTP/1.1", #""get / HTTP/1.1""#), ("\0", #""\x00""#),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", #""PROXY TCP4 192.0.2.1 192""#),
    ])
    func whatIsNoTLSIsShown(_ text: String, _ shown: String) {
        #expect(
            verdict(Array(text.utf8))
                == .refused(TLSError("not TLS: \(shown)", code: "no-tls"), alert: nil))
    }

    @Test func theFormOfSSL2IsLeftToLibssl() {
        let hello: [UInt8] = [0x80, 4, 1, 3, 3, 0]
        #expect(verdicts(hello).count == 6 && verdict(hello) == .complete)
        #expect(message([0x80, 4, 2]) != nil)
        #expect(message([22, 2]) != nil)
    }

    /// One look at all says the same as many at a little more each time.
    @Test func theWayItComesDecidesNothing() {
        for _ in 0..<3_000 {
            var bytes = Self.records(.random(in: 0...40), in: .random(in: 1...20))
            for _ in 0..<Int.random(in: 0...2) {
                bytes[.random(in: 0..<bytes.count)] = .random(in: 0...255)
            }
            let atOnce = verdict(bytes)
            let last = verdicts(bytes).last
            switch (atOnce, last) {
            case (.complete, .complete), (.incomplete, .incomplete), (.plainHTTP, .plainHTTP),
                (.refused(_, nil), .refused(_, nil)):
                break
            case (.refused(_, let one?), .refused(_, let other?)):
                #expect(one == other, "\(bytes)")
            default:
                Issue.record("\(bytes): \(atOnce) and \(String(describing: last))")
            }
        }
    }
}
