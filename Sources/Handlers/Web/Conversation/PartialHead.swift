internal import HTTP

/// A head whose end has not arrived.
///
/// A class: a parser is large, and every step that waits would carry it.
final class PartialHead {
    private var parser: RequestHeadParser

    init(_ parser: RequestHeadParser) { self.parser = parser }

    /// Whether the client has begun a request: blank lines do not count.
    var hasBegun: Bool { parser.hasBegun }

    /// What was read so far.
    var head: RequestHead { parser.head }

    /// Parses on, with all bytes of the head.
    ///
    /// - Returns: the head when it is complete.
    /// - Throws: the head is not valid.
    func parse(_ bytes: Span<UInt8>) throws(RequestFault) -> RequestHead? {
        try parser.parse(bytes) ? parser.head : nil
    }
}
