extension ProxyHeader {
    /// What the first bytes of a connection are.
    package enum Prefix: Hashable, Sendable {
        /// More bytes decide.
        case incomplete
        /// A line of version 1 with so many bytes, its line end included.
        case text(count: Int)
        /// A header of version 2 with so many bytes.
        case binary(count: Int)
    }

    /// What version 2 begins with.
    package static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]
    private static let name = Array("PROXY ".utf8)

    /// Says how long the header is that a connection begins with.
    ///
    /// - Parameter bytes: the first ones; ``textLimit`` are enough.
    /// - Returns: its length, or that more bytes decide.
    /// - Throws: that this is no header, as soon as one byte shows it.
    package static func prefix(of bytes: Span<UInt8>) throws(ProxyHeaderError) -> Prefix {
        guard bytes.count > 0 else { return .incomplete }
        if bytes[0] == signature[0] { return try binaryPrefix(bytes) }
        for index in 0..<min(bytes.count, name.count) where bytes[index] != name[index] {
            throw .missing
        }
        for index in 0..<min(bytes.count, textLimit) where bytes[index] == UInt8(ascii: "\n") {
            guard bytes[index - 1] == UInt8(ascii: "\r") else {
                throw ProxyHeaderError("its line ends with LF instead of CR LF")
            }
            return .text(count: index + 1)
        }
        guard bytes.count < textLimit else {
            throw ProxyHeaderError("its line is longer than \(textLimit) bytes")
        }
        return .incomplete
    }

    private static func binaryPrefix(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> Prefix {
        for index in 0..<min(bytes.count, signature.count) where bytes[index] != signature[index] {
            throw .missing
        }
        if bytes.count > 12, bytes[12] >> 4 != 2 {
            throw ProxyHeaderError("it is of version \(bytes[12] >> 4), which is unknown")
        }
        guard bytes.count >= prefixLength else { return .incomplete }
        return .binary(count: prefixLength + Int(bytes[14]) << 8 + Int(bytes[15]))
    }
}

extension ProxyHeaderError {
    /// Something else came in place of a header.
    package static let missing = ProxyHeaderError("the connection does not begin with one")
    /// The peer has ended within the header.
    package static let cutOff = ProxyHeaderError("the peer disconnected within it")
}
