extension Peer {
    /// Reads as much as has arrived, and waits when nothing has.
    ///
    /// - Parameter limit: the most bytes to take, at least 1; the others stay for the next read.
    /// - Returns: at least one byte, none when the peer has ended its side.
    /// - Throws: ``ClientError``.
    public func read(upTo limit: Int) async throws -> [UInt8] {
        precondition(limit > 0, "a read takes at least one byte")
        var taken: [UInt8] = []
        _ = try await read { bytes in
            taken = [UInt8](copying: bytes.extracting(first: limit))
            putBack(bytes.extracting(droppingFirst: taken.count))
        }
        return taken
    }

    /// Reads so many bytes.
    ///
    /// - Throws: ``ClientError``; ``ClientError/unexpectedEnd`` when the peer ends its side before.
    public func readExactly(_ count: Int) async throws -> [UInt8] {
        var taken: [UInt8] = []
        while taken.count < count {
            let isOpen = try await read { bytes in
                let missing = count - taken.count
                taken.append(copying: bytes.extracting(first: missing))
                putBack(bytes.extracting(droppingFirst: min(missing, bytes.count)))
            }
            if !isOpen { throw ClientError.unexpectedEnd }
        }
        return taken
    }

    /// Reads until the peer ends its side.
    ///
    /// - Parameter limit: the most bytes to take.
    /// - Returns: all of them.
    /// - Throws: ``ClientError``; ``ClientError/tooLong(limit:)`` when there are more.
    public func readAll(upTo limit: Int) async throws -> [UInt8] {
        var taken: [UInt8] = []
        while try await read({ bytes in
            guard bytes.count <= limit - taken.count else {
                throw ClientError.tooLong(limit: limit)
            }
            taken.append(copying: bytes)
        }) {}
        return taken
    }

    /// Reads a line that ends with LF or CR LF, without its end.
    ///
    /// What the peer sends without a line's end before it ends its side is a line too. What
    /// is no UTF-8 is replaced. A read that times out or is cancelled loses nothing.
    ///
    /// - Parameter limit: the most bytes of a line, its end not counted.
    /// - Returns: nil when the peer has ended its side.
    /// - Throws: ``ClientError``; ``ClientError/tooLong(limit:)`` for a longer line.
    public func readLine(upTo limit: Int = 8_192) async throws -> String? {
        var line: String?
        var unfinished: [UInt8] = []
        while line == nil {
            let isOpen = try await read { bytes in
                let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
                let whole = bytes.extracting(first: end ?? bytes.count)
                let found = whole.extracting(first: length(of: whole))
                guard found.count <= limit else { throw ClientError.tooLong(limit: limit) }
                if let end {
                    line = String(copying: found)
                    putBack(bytes.extracting(droppingFirst: end + 1))
                } else {
                    unfinished = [UInt8](copying: found)
                    putBack(bytes)
                }
            }
            if !isOpen { return unfinished.isEmpty ? nil : String(copying: unfinished.span) }
        }
        return line
    }

    /// The lines that the peer sends, as ``readLine(upTo:)`` reads them.
    public func lines(upTo limit: Int = 8_192) -> Lines { Lines(peer: self, limit: limit) }

}

/// How long a line is without the CR of its CR LF.
private func length(of line: Span<UInt8>) -> Int {
    let endsWithReturn = line.count > 0 && line[line.count - 1] == UInt8(ascii: "\r")
    return line.count - (endsWithReturn ? 1 : 0)
}

/// The lines of a peer, each read when it is asked for.
public struct Lines: AsyncSequence, AsyncIteratorProtocol, Sendable {
    private let peer: Peer
    private let limit: Int

    init(peer: Peer, limit: Int) {
        (self.peer, self.limit) = (peer, limit)
    }

    /// The next line, nil at the end of the peer's side; throws what ``Peer/readLine(upTo:)`` throws.
    public func next() async throws -> String? { try await peer.readLine(upTo: limit) }

    /// Itself: a peer has one stream of lines.
    public func makeAsyncIterator() -> Lines { self }
}
