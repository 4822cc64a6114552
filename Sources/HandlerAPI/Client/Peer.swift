public import NetworkTypes

/// One end of a connection, plain or TLS: a ``Client`` that came to us, or a ``DialedPeer`` that we dialed.
///
/// A peer is used by the task that serves its client, on one thread; it is not `Sendable`, so that the
/// compiler rejects any other use. To read and write at the same time, see ``Client/alongside(_:waitsForBoth:_:)``. At
/// most one task may wait to read and one to write at a time: a second one traps.
public protocol Peer {
    /// What the methods of this protocol act on.
    var reference: PeerReference { get }
}

/// A connection as the engine has it, without anything that a program could call.
public struct PeerReference {
    @usableFromInline package let core: PeerCore

    @usableFromInline package init(_ core: PeerCore) {
        self.core = core
    }
}

@available(*, unavailable)
extension PeerReference: Sendable {}

extension Peer {
    /// The bytes that may be sent ahead of a ``flush()``.
    public static var unsentLimit: Int { PeerCore.unsentLimit }

    /// The bytes that may wait to be read once more (``putBack(_:)``).
    public static var putBackLimit: Int { PeerCore.putBackLimit }

    /// A number that no other connection of this process has.
    public var id: UInt64 { reference.core.id }

    /// The peer's address and port; over a unix socket its process and user instead
    /// (`unixPeer`).
    public var remoteAddress: SocketAddress { reference.core.remoteAddress }

    /// The address and port on this machine; nothing over a unix socket.
    public var localAddress: SocketAddress { reference.core.localAddress }

    /// Whether the connection speaks TLS.
    public var isTLS: Bool { reference.core.isTLS }

    /// The TLS version, such as `TLSv1.3`, nil on a plain connection.
    public var tlsVersion: String? { reference.core.tlsVersion }

    /// The socket of a plain connection, nil when it speaks TLS.
    ///
    /// It stays the connection's: a program that is to have it gets a duplicate (dup(2)), and
    /// nobody else reads from the peer from then on.
    public var descriptor: CInt? { reference.core.descriptor }

    /// Waits for bytes and lends them to `body`; the buffer belongs to the event loop.
    ///
    /// Waits until at least one byte is there, or the deadline, or cancellation. `body` gets as
    /// much as has arrived, 64 KiB and what was put back at most, and must take or copy all it wants
    /// to keep, or ``putBack(_:)`` it.
    ///
    /// - Returns: false when the peer has ended its side, `body` is not called then.
    /// - Throws: ``ClientError``, or what `body` throws.
    @inlinable @inline(__always)
    public func read(_ body: (Span<UInt8>) throws -> Void) async throws -> Bool {
        try await reference.core.read(body)
    }

    /// Lends what has arrived already, like ``read(_:)`` but without waiting.
    ///
    /// - Returns: what was found; `body` is called only for ``Arrival/bytes``.
    /// - Throws: ``ClientError``, or what `body` throws.
    @inlinable @inline(__always)
    public func readArrived(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival {
        try reference.core.readArrived(body)
    }

    /// Keeps the end of what a read has lent for the next read; to be called by the closure of that
    /// read, once.
    ///
    /// What is put back after some of it was taken is lent again at once. What is put back whole is
    /// lent again, with more behind it, when more has arrived: so the server gathers what is not
    /// complete yet, also while the client rests. At the end of the peer's side it is lent a last
    /// time.
    ///
    /// - Parameter rest: the last bytes of the span that the closure was given. Beyond
    ///   ``putBackLimit`` the next read throws ``ClientError/putBackLimitExceeded``.
    @inlinable @inline(__always)
    public func putBack(_ rest: Span<UInt8>) {
        reference.core.putBack(rest)
    }

    /// Sends bytes as far as the kernel takes them at once and keeps the rest for ``flush()``.
    ///
    /// Never waits and never throws: what went wrong, the next ``flush()`` or ``read(_:)`` says.
    @inlinable @inline(__always)
    public func send(_ bytes: Span<UInt8>) {
        reference.core.send(bytes)
    }

    /// Sends two parts as if they were one: with one system call, and one TLS record where it is not
    /// full.
    @inlinable @inline(__always)
    public func send(_ first: Span<UInt8>, _ second: Span<UInt8>) {
        reference.core.send(first, second)
    }

    /// Sends a part of a file and waits until the kernel has taken it: sendfile(2) on a plain
    /// connection, pread(2) and a TLS record where it must be encrypted.
    ///
    /// The file should be on a local disk: what is not in the page cache is waited for on the loop.
    ///
    /// - Parameters:
    ///   - descriptor: an open regular file; it stays the caller's.
    ///   - offset: where to begin, in bytes.
    ///   - count: how many bytes to send.
    ///   - head: goes out before the file, in the same segment or record where it fits.
    /// - Returns: how many bytes of the file were sent: fewer than `count` when the file has shrunk.
    /// - Throws: ``ClientError``; ``ClientError/fileUnreadable(reason:)`` when the file cannot be
    ///   read.
    @inlinable @inline(__always)
    public func sendFile(
        _ descriptor: CInt, from offset: Int, count: Int, after head: [UInt8]
    ) async throws -> Int {
        try await reference.core.sendFile(descriptor, from: offset, count: count, after: head)
    }

    /// Limits all further waits on this peer together; nil takes the limit back.
    ///
    /// Once the time has passed, a wait throws ``ClientError/timedOut``; a client at rest is served
    /// again. The clock is coarse: up to 135 ms late, never early.
    public func setDeadline(after duration: Duration?) {
        reference.core.setDeadline(after: duration)
    }
}

/// What ``Peer/readArrived(_:)`` found.
@nonexhaustive
public enum Arrival: Sendable {
    /// Bytes, which were lent.
    case bytes
    /// Nothing yet.
    case nothing
    /// The peer has ended its side.
    case end
}
