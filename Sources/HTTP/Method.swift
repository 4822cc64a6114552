/// The method of a request (RFC 9110, 9).
package enum Method: Hashable, Sendable {
    case get, head, options, post, put, patch, delete, trace, connect
    /// Any other word.
    case other

    /// Names are case-sensitive (RFC 9110, 9.1).
    init(_ bytes: Span<UInt8>, _ word: Range<Int>) {
        // No table: it would be built for each request.
        switch word.count {
        case 3 where bytes.has("GET", at: word): self = .get
        case 3 where bytes.has("PUT", at: word): self = .put
        case 4 where bytes.has("HEAD", at: word): self = .head
        case 4 where bytes.has("POST", at: word): self = .post
        case 5 where bytes.has("PATCH", at: word): self = .patch
        case 5 where bytes.has("TRACE", at: word): self = .trace
        case 6 where bytes.has("DELETE", at: word): self = .delete
        case 7 where bytes.has("OPTIONS", at: word): self = .options
        case 7 where bytes.has("CONNECT", at: word): self = .connect
        default: self = .other
        }
    }

    /// Whether it is one of the two methods that every resource has (RFC 9110, 9.1).
    package var isGetOrHead: Bool { self == .get || self == .head }

    /// Whether requests normally have content (RFC 9110, 8.6).
    package var bringsContent: Bool {
        switch self {
        case .post, .put, .patch: true
        default: false
        }
    }
}
