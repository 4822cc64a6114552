/// The header fields of a request that mean something to us; all others are checked and passed over.
package enum Field: Int, CaseIterable, Sendable {
    case host, connection, contentLength, transferEncoding, expect, range, ifRange, ifMatch,
        ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, acceptEncoding, userAgent, referer

    /// The name in lower case.
    package var name: String {
        switch self {
        case .host: "host"
        case .connection: "connection"
        case .contentLength: "content-length"
        case .transferEncoding: "transfer-encoding"
        case .expect: "expect"
        case .range: "range"
        case .ifRange: "if-range"
        case .ifMatch: "if-match"
        case .ifNoneMatch: "if-none-match"
        case .ifModifiedSince: "if-modified-since"
        case .ifUnmodifiedSince: "if-unmodified-since"
        case .acceptEncoding: "accept-encoding"
        case .userAgent: "user-agent"
        case .referer: "referer"
        }
    }

    /// The field with the name at a range.
    ///
    /// The length leaves one or two candidates, so that most names are compared once or not at all.
    static func named(_ bytes: Span<UInt8>, _ name: Range<Int>) -> Field? {
        let candidates: (Field, Field?)
        switch name.count {
        case 4: candidates = (.host, nil)
        case 5: candidates = (.range, nil)
        case 6: candidates = (.expect, nil)
        case 7: candidates = (.referer, nil)
        case 8: candidates = (.ifMatch, .ifRange)
        case 10: candidates = (.connection, .userAgent)
        case 13: candidates = (.ifNoneMatch, nil)
        case 14: candidates = (.contentLength, nil)
        case 15: candidates = (.acceptEncoding, nil)
        case 17: candidates = (.ifModifiedSince, .transferEncoding)
        case 19: candidates = (.ifUnmodifiedSince, nil)
        default: return nil
        }
        if bytes.means(candidates.0.name, at: name) { return candidates.0 }
        guard let other = candidates.1, bytes.means(other.name, at: name) else { return nil }
        return other
    }
}
