/// The method of a request (RFC 9110, 9).
package enum Method: Hashable, Sendable {
    case get, head, options, post, put, patch, delete, trace, connect
    /// A word that no standard we know has.
    case other

    /// Names have a case (RFC 9110, 9.1).
    init(_ bytes: Span<UInt8>, _ word: Range<Int>) {
        let known: [(String, Method)] = [
            ("POST", .post), ("PUT", .put), ("PATCH", .patch), ("DELETE", .delete),
            ("OPTIONS", .options), ("TRACE", .trace), ("CONNECT", .connect),
        ]
        // The two that nearly everybody sends build no table.
        if bytes.has("GET", at: word) {
            self = .get
        } else if bytes.has("HEAD", at: word) {
            self = .head
        } else {
            self = known.first { bytes.has($0.0, at: word) }?.1 ?? .other
        }
    }

    /// Whether a request is expected to come with content (RFC 9110, 8.6).
    package var bringsContent: Bool {
        switch self {
        case .post, .put, .patch: true
        default: false
        }
    }
}
