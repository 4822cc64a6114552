public import NetworkTypes

/// One end of a connection, plain or TLS: a ``Client`` that came to us, or whom we dialed.
///
/// A peer belongs to the task that serves its client and to the children of that task, which all run
/// on one thread; it is `Sendable` so that it can be handed to those children. At most one of them
/// may wait to read and one to write at a time: a second one traps.
///
/// The class is open so that `HandlerTesting` can script one without a socket.
open class Peer: @unchecked Sendable {
    // Sendable because every instance is confined to the thread of its event loop.

    /// The bytes that may be sent ahead of a ``flush()``.
    public static let unsentLimit = 1 << 20

    /// The bytes that may wait to be read once more (``putBack(_:)``).
    public static let putBackLimit = 1 << 20

    /// For subclasses.
    public init() {}

    /// A number that no other connection of this process has.
    open var id: UInt64 { abstract() }

    /// The peer's address and port; over a unix socket its process and user instead
    /// (`unixPeer`).
    open var remoteAddress: SocketAddress { abstract() }

    /// The address and port on this machine; nothing over a unix socket.
    open var localAddress: SocketAddress { abstract() }

    /// Whether the connection speaks TLS.
    open var isTLS: Bool { tlsVersion != nil }

    /// The TLS version, such as `TLSv1.3`, nil on a plain connection.
    open var tlsVersion: String? { abstract() }

    /// The socket of a plain connection, nil when it speaks TLS.
    ///
    /// It stays the connection's: a program that is to have it gets a duplicate (dup(2)), and
    /// nobody else reads from the peer from then on.
    open var descriptor: CInt? { abstract() }

    /// Waits for bytes and lends them to `body`; the buffer belongs to the event loop.
    ///
    /// Waits until at least one byte is there, or the deadline, or cancellation. `body` gets as
    /// much as has arrived, 64 KiB and what was put back at most, and must take or copy all it wants
    /// to keep, or ``putBack(_:)`` it.
    ///
    /// - Returns: false when the peer has ended its side, `body` is not called then.
    /// - Throws: ``ClientError``, or what `body` throws.
    open func read(_ body: (Span<UInt8>) throws -> Void) async throws -> Bool { abstract() }

    /// Lends what has arrived already, like ``read(_:)`` but without waiting.
    ///
    /// - Returns: what was found; `body` is called only for ``Arrival/bytes``.
    /// - Throws: ``ClientError``, or what `body` throws.
    open func readArrived(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival { abstract() }

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
    open func putBack(_ rest: Span<UInt8>) { abstract() }

    /// Sends bytes as far as the kernel takes them at once and keeps the rest for ``flush()``.
    ///
    /// Never waits and never throws: what went wrong, the next ``flush()`` or ``read(_:)`` says.
    open func send(_ bytes: Span<UInt8>) { abstract() }

    /// Sends two parts as if they were one: with one system call, and one TLS record where it is not
    /// full.
    open func send(_ first: Span<UInt8>, _ second: Span<UInt8>) { abstract() }

    /// Gathers what is sent from now on, until ``uncork()``; use ``corked(_:)``.
    open func cork() { abstract() }

    /// Sends what was gathered.
    open func uncork() { abstract() }

    /// Whether ``flush()`` has something to wait for or to report.
    open var mustFlush: Bool { abstract() }

    /// The part of ``flush()`` that waits; handlers call that one.
    ///
    /// - Throws: ``ClientError``.
    open func waitUntilSent() async throws { abstract() }

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
    open func sendFile(
        _ descriptor: CInt, from offset: Int, count: Int, after head: [UInt8]
    ) async throws -> Int { abstract() }

    /// The part of ``finishSending()`` that does not wait; handlers call that one.
    open func endSending() { abstract() }

    /// Limits all further waits on this peer together; nil takes the limit back.
    ///
    /// Once the time has passed, a wait throws ``ClientError/timedOut``; a client at rest is served
    /// again. The clock is coarse: up to 135 ms late, never early.
    open func setDeadline(after duration: Duration?) { abstract() }

    /// Ends a peer that was dialed: what is unsent still goes out, then the connection closes.
    ///
    /// The server does it when `serve` returns or throws. On a client, which ends by that, it does
    /// nothing.
    open func close() { abstract() }

    func abstract(_ member: StaticString = #function) -> Never {
        preconditionFailure("a kind of Peer must override \(member)")
    }
}

/// What ``Peer/readArrived(_:)`` found.
public enum Arrival: Sendable {
    /// Bytes, which were lent.
    case bytes
    /// Nothing yet.
    case nothing
    /// The peer has ended its side.
    case end
}
