internal import HTTP

/// A request whose head has not come to its end, while its client is waited for.
final class PartialHead {
    private var parser: RequestHeadParser

    init(_ parser: RequestHeadParser) { self.parser = parser }

    /// Whether the client has begun: only blank lines are no beginning.
    var hasBegun: Bool { parser.hasBegun }

    /// What was read of it.
    var head: RequestHead { parser.head }

    /// Reads on, with all the bytes of the head.
    ///
    /// - Returns: the head when it is complete.
    /// - Throws: why it never will be.
    func parse(_ bytes: Span<UInt8>) throws(RequestFault) -> RequestHead? {
        try parser.parse(bytes) ? parser.head : nil
    }
}
