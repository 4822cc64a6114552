internal import COpenSSL

/// Reads along in the first bytes of a client, until its ClientHello is complete.
///
/// Theory of operation: an `SSL` with its buffers takes some 40 KiB, and a client that says nothing, or half
/// a ClientHello, would have one for the whole of `HandshakeTimeout`. So the bytes of a client are
/// kept as they are, and only looked at here: record by record (RFC 8446, 5.1) as far as the length of
/// the one handshake message that must come first, which may go over any number of records. Nothing is
/// decided here that libssl decides better: a complete ClientHello goes to it as it came. What can no
/// longer become one is refused at once, with the alert that libssl would send.
package struct ClientHelloScan: Sendable {
    /// The longest ClientHello; those of browsers have 2 KiB, with a post-quantum key share.
    package static let limit = 65_536
    /// The most bytes that a ClientHello may take with the heads of its records, which can have a byte each.
    private static let limitWithHeads = 2 * limit

    /// What the bytes so far come to.
    package enum Verdict: Equatable, Sendable {
        /// More must come.
        case incomplete
        /// There is something for libssl.
        case complete
        /// A request of HTTP without TLS; one whose answer has no content.
        case plainHTTP(isHead: Bool)
        /// It comes to nothing; the alert is for who may understand it.
        case refused(TLSError, alert: UInt8?)
    }

    /// Where the next record begins.
    private var next = 0
    private var message = Message()

    /// Begins with nothing.
    package init() {}

    /// What has been seen of the handshake message, over all records.
    private struct Message {
        /// Type and length: four bytes.
        var head: UInt32 = 0
        var count = 0

        var length: Int? { count < 4 ? nil : Int(head & 0xFF_FFFF) }
        var isComplete: Bool { length.map { count >= $0 + 4 } ?? false }

        mutating func append(_ bytes: Span<UInt8>) {
            for index in 0..<min(bytes.count, max(0, 4 - count)) {
                head = head << 8 | UInt32(bytes[index])
            }
            count += bytes.count
        }

        /// Why it is not the ClientHello that must come first.
        var fault: Verdict? {
            guard count > 0 else { return nil }
            let type = head >> (8 * UInt32(min(count, 4) - 1))
            guard type == SSL3_MT_CLIENT_HELLO else {
                return refusal(
                    "a handshake message of type \(type) came in place of a ClientHello",
                    SSL_AD_UNEXPECTED_MESSAGE)
            }
            guard let length, length > limit else { return nil }
            return refusal(
                "ClientHello of \(length) bytes, at most \(limit) are possible",
                SSL_AD_ILLEGAL_PARAMETER)
        }
    }

    /// Looks at what has come.
    ///
    /// - Parameter bytes: all of it since the client came; each time the same with more behind it.
    /// - Returns: what it comes to.
    package mutating func scan(_ bytes: Span<UInt8>) -> Verdict {
        if next == 0, let verdict = opening(bytes) { return verdict }
        while bytes.count - next >= 5 {
            let head = bytes.extracting(next..<next + 5)
            guard head[0] == SSL3_RT_HANDSHAKE, head[1] == 3 else {
                return Self.refusal(
                    "a record of type \(head[0]) came in the middle of the ClientHello",
                    SSL_AD_UNEXPECTED_MESSAGE)
            }
            let length = Int(head[3]) << 8 | Int(head[4])
            guard length > 0 else {
                return Self.refusal(
                    "an empty record came in place of a ClientHello", SSL_AD_UNEXPECTED_MESSAGE)
            }
            guard length <= 16_384 else {
                return Self.refusal(
                    "a record of \(length) bytes, at most 16384 are possible",
                    SSL_AD_RECORD_OVERFLOW)
            }
            let end = next + 5 + length
            var message = message
            message.append(bytes.extracting(next + 5..<min(end, bytes.count)))
            if let fault = message.fault { return fault }
            guard end <= bytes.count else { break }
            if message.isComplete { return .complete }
            (next, self.message) = (end, message)
        }
        guard bytes.count <= Self.limitWithHeads else {
            return Self.refusal("ClientHello in too many records", SSL_AD_ILLEGAL_PARAMETER)
        }
        return .incomplete
    }

    /// What the first bytes say; nil when they are of a handshake record.
    private func opening(_ bytes: Span<UInt8>) -> Verdict? {
        guard bytes.count > 0 else { return .incomplete }
        let first = CInt(bytes[0])
        if first & 0x80 != 0 { return openingOfVersion2(bytes) }
        guard (SSL3_RT_CHANGE_CIPHER_SPEC...SSL3_RT_APPLICATION_DATA).contains(first) else {
            return PlainRequest.verdict(bytes) ?? Self.noTLS(bytes)
        }
        guard bytes.count > 1 else { return .incomplete }
        guard bytes[1] == 3 else { return Self.noTLS(bytes) }
        switch first {
        case SSL3_RT_HANDSHAKE: return nil
        case SSL3_RT_ALERT:
            guard bytes.count >= 7 else { return .incomplete }
            return .refused(.alert(CInt(bytes[6])), alert: nil)
        default:
            return Self.refusal(
                "a record of type \(first) came in place of a ClientHello",
                SSL_AD_UNEXPECTED_MESSAGE)
        }
    }

    /// A ClientHello in the form of SSL 2 (RFC 5246, E.2), which libssl reads.
    private func openingOfVersion2(_ bytes: Span<UInt8>) -> Verdict {
        guard bytes.count > 2 else { return .incomplete }
        guard bytes[2] == SSL2_MT_CLIENT_HELLO else { return Self.noTLS(bytes) }
        let length = Int(bytes[0] & 0x7F) << 8 | Int(bytes[1])
        return bytes.count >= length + 2 ? .complete : .incomplete
    }

    /// Who sent this would not understand an alert.
    private static func noTLS(_ bytes: Span<UInt8>) -> Verdict {
        let shown = EscapedText.quoted(bytes.extracting(first: 24))
        return .refused(TLSError("not TLS: \(shown)", code: "no-tls"), alert: nil)
    }

    private static func refusal(_ message: String, _ alert: CInt) -> Verdict {
        .refused(TLSError(message, code: "malformed"), alert: UInt8(clamping: alert))
    }
}

/// Requests that a browser, or another client of HTTP, sends where it takes an SSL port for a plain one.
private enum PlainRequest {
    /// How they begin (RFC 9110, 9; RFC 5789; of WebDAV RFC 4918, 9), and HTTP/2 with prior knowledge (RFC 9113, 3.4).
    private static let openings = [
        "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "CONNECT ", "OPTIONS ", "TRACE ", "PATCH ",
        "PROPFIND ", "PROPPATCH ", "MKCOL ", "COPY ", "MOVE ", "LOCK ", "UNLOCK ", "REPORT ",
        "SEARCH ",
        "PRI * HTTP/2",
    ].map { Array($0.utf8) }

    /// Nil for what is none.
    static func verdict(_ bytes: Span<UInt8>) -> ClientHelloScan.Verdict? {
        var mayBecomeOne = false
        for opening in openings {
            let common = min(opening.count, bytes.count)
            guard (0..<common).allSatisfy({ bytes[$0] == opening[$0] }) else { continue }
            if common == opening.count {
                return .plainHTTP(isHead: bytes[0] == UInt8(ascii: "H"))
            }
            mayBecomeOne = true
        }
        return mayBecomeOne ? .incomplete : nil
    }
}
