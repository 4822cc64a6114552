/// Finds the end of the content of a request (RFC 9112, 6 and 7).
///
/// It reads each byte once, in pieces of any size, and keeps none of them.
package struct ContentDecoder: Sendable {
    /// The bytes of a chunk's size with its extensions.
    package static let chunkLineLimit = 256
    /// The digits that a size never exceeds; further bytes of the line count as extensions.
    package static let sizeDigits = 16
    /// The bytes of the trailer section.
    package static let trailerLimit = 8_192

    private enum State: Hashable {
        /// Bytes of the content, or of one chunk.
        case data(Int)
        case sizeStart, size, sizeBlank, extensions, sizeFeed
        case dataReturn, dataFeed
        case trailerStart, trailerName, trailerValue, trailerFeed, lastFeed
        case done
    }

    private var state: State
    private let isChunked: Bool
    private var chunkSize = 0
    private var lineLength = 0
    /// The content bytes so far.
    package private(set) var count = 0
    /// The overhead so far: extensions of chunks, and zeros before their sizes.
    package private(set) var extensionCount = 0

    /// Begins a content.
    package init(_ framing: RequestHead.Framing) {
        switch framing {
        case .none: (state, isChunked) = (.done, false)
        case .length(let count): (state, isChunked) = (.data(count), false)
        case .chunked: (state, isChunked) = (.sizeStart, true)
        }
    }

    /// Whether the next byte belongs to the next request.
    package var isDone: Bool { state == .done }

    /// Reads on.
    ///
    /// - Parameter bytes: what came after the bytes of the last call.
    /// - Returns: how many of them belong to the content; all, unless it is done.
    /// - Throws: the framing is not valid, so that the start of the next request is unknown.
    package mutating func consume(_ bytes: Span<UInt8>) throws(RequestFault) -> Int {
        var index = 0
        while index < bytes.count, state != .done {
            if case .data(let left) = state {
                let taken = min(left, bytes.count - index)
                // In range: at most as many bytes as have been received.
                (index, count) = (index + taken, count + taken)
                state = taken < left ? .data(left - taken) : isChunked ? .dataReturn : .done
            } else {
                try step(bytes[index])
                index += 1
            }
        }
        return index
    }

    private mutating func step(_ byte: UInt8) throws(RequestFault) {
        switch state {
        case .sizeStart:
            guard let digit = byte.hexadecimal else { throw .bad("a chunk has no size") }
            (chunkSize, lineLength, state) = (Int(digit), 1, .size)
        case .size, .sizeBlank, .extensions:
            try stepSizeLine(byte)
        case .sizeFeed:
            try expect(10, byte)
            (lineLength, state) = (0, chunkSize == 0 ? .trailerStart : .data(chunkSize))
        case .dataReturn:
            try expect(13, byte)
            state = .dataFeed
        case .dataFeed:
            try expect(10, byte)
            state = .sizeStart
        case .trailerStart, .trailerName, .trailerValue, .trailerFeed, .lastFeed:
            try stepTrailer(byte)
        case .data, .done:
            break
        }
    }

    private mutating func stepSizeLine(_ byte: UInt8) throws(RequestFault) {
        lineLength += 1
        guard lineLength <= ContentDecoder.chunkLineLimit else {
            throw .bad("the extensions of a chunk are too long")
        }
        let isSize = state == .size && lineLength <= ContentDecoder.sizeDigits
        // In range: at most as many bytes as have been received.
        if !isSize, byte != 13 { extensionCount += 1 }
        if byte == 13, state != .sizeBlank {
            state = .sizeFeed
        } else if state == .size, let digit = byte.hexadecimal {
            // In range: 56 bits then.
            guard chunkSize < 1 << 52 else { throw .bad("the size of a chunk is too large") }
            // In range: the line before has seen to it.
            chunkSize = chunkSize << 4 | Int(digit)
        } else if state == .size || state == .sizeBlank {
            // A blank belongs to the extension behind it, and there is none without a semicolon.
            guard byte == UInt8(ascii: ";") || byte.isBlank else {
                throw .bad("the size of a chunk is not a hexadecimal number")
            }
            state = byte.isBlank ? .sizeBlank : .extensions
        } else if byte < 0x20 && byte != 9 || byte == 0x7f {
            throw .bad("the extensions of a chunk have a control character")
        }
    }

    /// Trailer fields are checked as header fields are, and thrown away (RFC 9112, 5.1 and 7.1.2).
    private mutating func stepTrailer(_ byte: UInt8) throws(RequestFault) {
        lineLength += 1
        guard lineLength <= ContentDecoder.trailerLimit else {
            throw RequestFault(.headTooLarge, "the trailer section is too large")
        }
        switch state {
        case .trailerStart where byte == 13:
            state = .lastFeed
        case .trailerStart:
            guard byte.isTokenCharacter else { throw .bad("a trailer field has no name") }
            state = .trailerName
        case .trailerName:
            guard byte == UInt8(ascii: ":") || byte.isTokenCharacter else {
                throw .bad("a trailer field is not a name, a colon and a value")
            }
            if byte == UInt8(ascii: ":") { state = .trailerValue }
        case .trailerValue where byte == 13:
            state = .trailerFeed
        case .trailerValue:
            guard byte.isFieldContent else {
                throw .bad("a trailer field has a control character")
            }
        case .trailerFeed:
            try expect(10, byte)
            state = .trailerStart
        default:
            try expect(10, byte)
            state = .done
        }
    }

    private func expect(_ expected: UInt8, _ byte: UInt8) throws(RequestFault) {
        guard byte == expected else { throw .bad("a chunk does not end with CRLF") }
    }
}
