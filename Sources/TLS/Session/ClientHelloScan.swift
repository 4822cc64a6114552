internal import COpenSSL

/// Scans the first bytes of a client until its ClientHello is complete.
///
/// Theory of operation: an `SSL` with its buffers takes some 40 KiB, and a client that sends nothing, or half
/// a ClientHello, would hold one for the whole `HandshakeTimeout`. So the client's bytes are kept as
/// received, and only scanned here: record by record (RFC 8446, 5.1) up to the length of the one handshake
/// message that must come first, which may span any number of records. Validation is left to libssl: it gets
/// a complete ClientHello unchanged. Bytes that can no longer become one are refused at once, with the alert
/// that libssl would send.
package struct ClientHelloScan: Sendable {
    /// The longest ClientHello; those of browsers have 2 KiB, with a post-quantum key share.
    package static let limit = 65_536
    /// The most bytes that a ClientHello may take with its record headers: there may be one for each byte.
    private static let limitWithHeads = 2 * limit

    /// The result of a scan.
    package enum Verdict: Equatable, Sendable {
        /// More bytes are needed.
        case incomplete
        /// libssl can process the bytes.
        case complete
        /// An HTTP request without TLS; `isHead` if its response has no content.
        case plainHTTP(isHead: Bool)
        /// The bytes are no ClientHello; the alert is nil for clients that do not speak TLS.
        case refused(TLSError, alert: UInt8?)
    }

    /// The offset of the next record.
    private var next = 0
    private var message = Message()

    /// Creates a scan of no bytes.
    package init() {}

    /// The handshake message as received so far, over all records.
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

        /// The verdict on a message that is not the expected ClientHello.
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

    /// Scans the received bytes.
    ///
    /// - Parameter bytes: all bytes since the connection was accepted; each call has the earlier ones and
    ///   more.
    /// - Returns: the verdict.
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

    /// The verdict on the first bytes; nil when they start a handshake record.
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

    /// A ClientHello in SSL 2 format (RFC 5246, E.2), which libssl parses.
    private func openingOfVersion2(_ bytes: Span<UInt8>) -> Verdict {
        guard bytes.count > 2 else { return .incomplete }
        guard bytes[2] == SSL2_MT_CLIENT_HELLO else { return Self.noTLS(bytes) }
        let length = Int(bytes[0] & 0x7F) << 8 | Int(bytes[1])
        return bytes.count >= length + 2 ? .complete : .incomplete
    }

    /// The verdict on bytes that are not TLS; their sender would not understand an alert.
    private static func noTLS(_ bytes: Span<UInt8>) -> Verdict {
        let shown = EscapedText.quoted(bytes.extracting(first: 24))
        return .refused(TLSError("not TLS: \(shown)", code: "no-tls"), alert: nil)
    }

    private static func refusal(_ message: String, _ alert: CInt) -> Verdict {
        .refused(TLSError(message, code: "malformed"), alert: UInt8(clamping: alert))
    }
}

/// HTTP requests of clients that mistake an SSL port for a plain one.
private enum PlainRequest {
    /// The first bytes of requests (RFC 9110, 9; RFC 5789; WebDAV: RFC 4918, 9) and of HTTP/2 with prior
    /// knowledge (RFC 9113, 3.4).
    private static let openings = [
        "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "CONNECT ", "OPTIONS ", "TRACE ", "PATCH ",
        "PROPFIND ", "PROPPATCH ", "MKCOL ", "COPY ", "MOVE ", "LOCK ", "UNLOCK ", "REPORT ",
        "SEARCH ",
        "PRI * HTTP/2",
    ].map { Array($0.utf8) }

    /// Nil for anything else.
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
