extension Peer {
    /// Looks at what the peer sends and leaves it unread: the next read lends it again, also in another
    /// handler (``Afterwards/delegate(to:)``).
    ///
    /// - Parameters:
    ///   - count: the bytes that there must be, from 1 to ``putBackLimit``; waits until they have arrived.
    ///   - body: gets all that has arrived, at least `count` bytes; called once.
    /// - Returns: false when the peer has ended its side before; what it sent stays unread, too.
    /// - Throws: ``ClientError``, or what `body` throws.
    @inlinable @inline(__always)
    public func peek(
        atLeast count: Int, _ body: (Span<UInt8>) throws -> Void
    ) async throws -> Bool {
        try await reference.core.peek(atLeast: count, body)
    }

    /// Reads as much as has arrived, and waits when nothing has.
    ///
    /// - Parameter limit: the most bytes to take, at least 1; the others stay for the next read.
    /// - Returns: at least one byte, none when the peer has ended its side.
    /// - Throws: ``ClientError``.
    @inlinable @inline(__always)
    public func read(upTo limit: Int) async throws -> [UInt8] {
        try await reference.core.read(upTo: limit)
    }

    /// Reads so many bytes.
    ///
    /// - Throws: ``ClientError``; ``ClientError/unexpectedEnd`` when the peer ends its side before.
    @inlinable @inline(__always)
    public func readExactly(_ count: Int) async throws -> [UInt8] {
        try await reference.core.readExactly(count)
    }

    /// Reads until the peer ends its side.
    ///
    /// - Parameter limit: the most bytes to take.
    /// - Returns: all of them.
    /// - Throws: ``ClientError``; ``ClientError/tooLong(limit:)`` when there are more.
    @inlinable @inline(__always)
    public func readAll(upTo limit: Int) async throws -> [UInt8] {
        try await reference.core.readAll(upTo: limit)
    }

    /// Reads a line that ends with LF or CR LF, without its end.
    ///
    /// What the peer sends without a line's end before it ends its side is a line too. What
    /// is no UTF-8 is replaced. A read that times out or is cancelled loses nothing.
    ///
    /// - Parameter limit: the most bytes of a line, its end not counted.
    /// - Returns: nil when the peer has ended its side.
    /// - Throws: ``ClientError``; ``ClientError/tooLong(limit:)`` for a longer line.
    @inlinable @inline(__always)
    public func readLine(upTo limit: Int = 8_192) async throws -> String? {
        try await reference.core.readLine(upTo: limit)
    }

    /// The lines that the peer sends, as ``readLine(upTo:)`` reads them.
    public func lines(upTo limit: Int = 8_192) -> Lines { Lines(reference.core, limit: limit) }
}

/// The lines of a peer, each read when it is asked for.
public struct Lines: AsyncSequence, AsyncIteratorProtocol {
    private let peer: PeerCore
    private let limit: Int

    init(_ peer: PeerCore, limit: Int) {
        (self.peer, self.limit) = (peer, limit)
    }

    /// The next line, nil at the end of the peer's side; throws what ``Peer/readLine(upTo:)`` throws.
    public func next() async throws -> String? { try await peer.readLine(upTo: limit) }

    /// Itself: a peer has one stream of lines.
    public func makeAsyncIterator() -> Lines { self }
}

@available(*, unavailable)
extension Lines: Sendable {}
