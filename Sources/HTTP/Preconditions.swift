internal import TextFormats

/// The conditions that a request puts on a representation (RFC 9110, 13).
package enum Preconditions {
    /// What they come to.
    package enum Outcome: Hashable, Sendable {
        /// The method is to be performed.
        case met
        /// 304: the client has it.
        case notModified
        /// 412.
        case failed
    }

    /// Evaluates them in the order of RFC 9110, 13.2.2, for GET and HEAD.
    ///
    /// - Parameters:
    ///   - head: the request.
    ///   - bytes: what it was read from.
    ///   - tag: the strong entity tag with its quotes.
    ///   - modified: when the representation was last modified, seconds since 1970; any number that a
    ///     file system has.
    ///   - now: the same clock now.
    /// - Returns: what to do with the method.
    package static func evaluate(
        _ head: RequestHead, in bytes: Span<UInt8>, tag: Span<UInt8>, modified: Int, now: Int
    ) -> Outcome {
        // As `Last-Modified` says it.
        let modified = CivilDate.clamped(modified)
        if head[.ifMatch] != nil {
            guard anyLine(of: .ifMatch, head, bytes, tag, isWeak: false) else { return .failed }
        } else if let date = date(of: .ifUnmodifiedSince, head, bytes, now: now), modified > date {
            return .failed
        }
        if head[.ifNoneMatch] != nil {
            return anyLine(of: .ifNoneMatch, head, bytes, tag, isWeak: true) ? .notModified : .met
        }
        if let date = date(of: .ifModifiedSince, head, bytes, now: now), modified <= date {
            return .notModified
        }
        return .met
    }

    /// Whether a range may be answered with a part: there is no `If-Range`, or it names this very
    /// representation (RFC 9110, 13.1.5).
    ///
    /// One without a value names none.
    package static func allowRange(
        _ head: RequestHead, in bytes: Span<UInt8>, tag: Span<UInt8>, modified: Int, now: Int
    ) -> Bool {
        guard let value = head[.ifRange] else { return true }
        guard let first = value.first, !head.isRepeated(.ifRange) else { return false }
        if bytes[first] == UInt8(ascii: "\"")
            || bytes[first] == UInt8(ascii: "W") && value.count > 1
                && bytes[first + 1] == UInt8(ascii: "/")
        {
            return EntityTag.matches(bytes, value, tag, isWeak: false)
        }
        // A date is a strong validator only when the representation was left alone for a while.
        let modified = CivilDate.clamped(modified)
        // In range: the year 9999 and a second.
        guard now > modified + 1 else { return false }
        return HTTPDate.seconds(bytes, value, now: now) == modified
    }

    private static func anyLine(
        of field: Field, _ head: RequestHead, _ bytes: Span<UInt8>, _ tag: Span<UInt8>,
        isWeak: Bool
    ) -> Bool {
        // Not `forEachLine` with a variable that a closure would capture together with two spans.
        guard head.isRepeated(field) else {
            return head[field].map {
                EntityTag.list(bytes, $0, has: tag, isWeak: isWeak)
            } ?? false
        }
        var isFound = false
        head.forEachLine(of: field, in: bytes) { line in
            isFound = isFound || EntityTag.list(bytes, line, has: tag, isWeak: isWeak)
        }
        return isFound
    }

    /// A date that is sent twice or cannot be read is passed over (RFC 9110, 13.1.3).
    private static func date(
        of field: Field, _ head: RequestHead, _ bytes: Span<UInt8>, now: Int
    ) -> Int? {
        guard let value = head[field], !head.isRepeated(field) else { return nil }
        return HTTPDate.seconds(bytes, value, now: now)
    }
}
