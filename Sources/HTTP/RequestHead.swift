/// The head of a request: where its parts are in the bytes it was read from.
///
/// It copies nothing and is valid only together with those bytes. All offsets count from the
/// first byte that the parser was given.
package struct RequestHead: Sendable {
    /// The method of the request.
    package internal(set) var method = Method.other
    /// The word of the method.
    package internal(set) var methodName = 0..<0
    /// The target of the request.
    package internal(set) var target = RequestTarget()
    /// Whether the client speaks HTTP/1.0 and not a later HTTP/1.
    package internal(set) var isVersion10 = false
    /// Where the head ends and the content begins, if there is any.
    package internal(set) var end = 0
    /// The length of the content.
    package internal(set) var framing = Framing.none
    /// The authority of the request, its port included: of the target when that has one, else of
    /// `Host`; nil when an HTTP/1.0 client sent neither.
    package internal(set) var authority: Range<Int>?
    /// The host of the authority, without its port.
    package internal(set) var host: Range<Int>?
    /// Whether the client requests that the connection closes.
    package internal(set) var wantsClose = false
    /// Whether the client requests that it stays open.
    package internal(set) var wantsKeepAlive = false
    /// Whether it waits for 100 (Continue) before it sends the content (RFC 9110, 10.1.1).
    package internal(set) var expectsContinue = false

    private var values = InlineArray<14, Slice>(repeating: Slice())
    /// The fields that came, and those that came more than once, a bit for each.
    private var present: UInt32 = 0
    private var repeated: UInt32 = 0

    /// The range of a value; absent ends at 0, where no value can end.
    private struct Slice {
        var start: UInt32 = 0
        var end: UInt32 = 0
    }

    /// How the content is delimited (RFC 9112, 6).
    package enum Framing: Hashable, Sendable {
        case none
        /// Bytes, at least one.
        case length(Int)
        case chunked
    }

    init() {}

    /// Whether the connection may serve another request after this one (RFC 9112, 9.3).
    package var isPersistent: Bool { !wantsClose && (!isVersion10 || wantsKeepAlive) }

    /// Whether the client sends nothing after it: it closes (RFC 9112, 9.6), and there is no content, which
    /// some clients follow with an empty line.
    package var isLast: Bool { !isPersistent && framing == .none }

    /// The value of a field, of its first line where there are several; nil where there is none.
    package subscript(field: Field) -> Range<Int>? {
        let slice = values[field.rawValue]
        return slice.end == 0 ? nil : Int(slice.start)..<Int(slice.end)
    }

    /// Whether the answer depends on anything but the target: a range or a condition.
    package var hasConditions: Bool { present & RequestHead.conditions != 0 }

    private static let conditions: UInt32 =
        [.range, .ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince]
        .reduce(0) { (bits: UInt32, field: Field) in bits | 1 << field.rawValue }

    /// Whether a field came on more than one line.
    ///
    /// Inlined, for a call copies the head where it is part of a value that changes.
    @inline(__always)
    package func isRepeated(_ field: Field) -> Bool { repeated >> field.rawValue & 1 != 0 }

    mutating func note(_ field: Field, _ value: Range<Int>) {
        guard values[field.rawValue].end == 0 else {
            repeated |= 1 << field.rawValue
            return
        }
        present |= 1 << field.rawValue
        values[field.rawValue] = Slice(
            start: UInt32(value.lowerBound), end: UInt32(value.upperBound))
    }

    /// Calls a closure for each line of a field.
    ///
    /// - Parameters:
    ///   - field: the field.
    ///   - bytes: what the head was read from.
    ///   - body: called with the trimmed value of each line.
    package func forEachLine(
        of field: Field, in bytes: Span<UInt8>, _ body: (Range<Int>) -> Void
    ) {
        guard let first = self[field] else { return }
        guard isRepeated(field) else { return body(first) }
        // The lines were checked when they were read: a colon each, and CRLF.
        var start = first.lowerBound
        while start > 0, bytes[start - 1] != 10 { start -= 1 }
        while start < end, let feed = bytes.first(10, in: start..<end) {
            if let colon = bytes.first(UInt8(ascii: ":"), in: start..<feed),
                bytes.means(field.name, at: start..<colon)
            {
                body(bytes.trimmed(colon + 1..<feed - 1))
            }
            start = feed + 1
        }
    }
}
