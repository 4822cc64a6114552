public import NetworkTypes

/// A connected client, as its handler sees it: plain and TLS look the same.
///
/// A client belongs to the task that serves it and to the children of that task, which all run on
/// one thread; it is `Sendable` so that it can be handed to those children. At most one of them may
/// wait to read and one to write at a time: a second one traps.
///
/// The server makes clients; the class is open so that tests can script one without a socket.
open class Client: @unchecked Sendable {
    // Sendable because every instance is confined to the thread of its event loop.

    /// The bytes that may be sent ahead of a ``flush()``.
    public static let unsentLimit = 1 << 20

    /// For subclasses.
    public init() {}

    /// A number that no other client of this process has.
    open var id: UInt64 { abstract() }

    /// The peer's address and port; over a unix socket its process and user instead
    /// (`unixPeer`).
    open var remoteAddress: SocketAddress { abstract() }

    /// The address and port on this machine that the peer connected to; nothing over a unix socket.
    open var localAddress: SocketAddress { abstract() }

    /// The tag of the host that serves this client (`HostTag`).
    open var hostTag: String { abstract() }

    /// The server name that the client asked for in its TLS handshake (RFC 6066), nil without one.
    open var serverName: String? { abstract() }

    /// The TLS version, such as `TLSv1.3`, nil on a plain connection.
    open var tlsVersion: String? { abstract() }

    /// Whether the server is stopping: finish what is under way, begin nothing new.
    open var isDraining: Bool { abstract() }

    /// Waits for bytes and lends them to `body`; the buffer belongs to the event loop.
    ///
    /// Waits until at least one byte is there, or the deadline, or cancellation. `body` gets as
    /// much as has arrived, at most 64 KiB, and must take or copy all it wants to keep.
    ///
    /// - Returns: false when the peer has ended its side, `body` is not called then.
    /// - Throws: ``ClientError``, or what `body` throws.
    open func read(_ body: (Span<UInt8>) throws -> Void) async throws -> Bool { abstract() }

    /// Lends what has arrived already, like ``read(_:)`` but without waiting.
    ///
    /// - Returns: what was found; `body` is called only for ``Arrival/bytes``.
    /// - Throws: ``ClientError``, or what `body` throws.
    open func readArrived(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival { abstract() }

    /// Sends bytes as far as the kernel takes them at once and keeps the rest for ``flush()``.
    ///
    /// Never waits and never throws: what went wrong, the next ``flush()`` or ``read(_:)`` says.
    open func send(_ bytes: Span<UInt8>) { abstract() }

    /// Whether ``flush()`` has something to wait for or to report.
    open var mustFlush: Bool { abstract() }

    /// The part of ``flush()`` that waits; handlers call that one.
    ///
    /// - Throws: ``ClientError``.
    open func waitUntilSent() async throws { abstract() }

    /// Limits all further waits on this client together; nil takes the limit back.
    ///
    /// Once the time has passed, a wait throws ``ClientError/timedOut``; a client at rest is served
    /// again. The clock is coarse: up to 135 ms late, never early.
    open func setDeadline(after duration: Duration?) { abstract() }

    /// Whether ``startTLS(unread:)`` is possible: on a plain client of a host with `AuthSslCmd`.
    open var offersTLS: Bool { false }

    /// Whether the host wants nothing from this client in the clear (`AuthForceSsl`).
    ///
    /// It may ask for TLS or leave, and a handler refuses all else. Always false once TLS is there.
    open var requiresTLS: Bool { false }

    /// Upgrades a plain client to TLS, as STARTTLS and AUTH TLS do; from then on all that is read
    /// and sent is encrypted.
    ///
    /// Send the protocol's "go ahead" first: what is unsent goes out in the clear. The handshake has
    /// `HandshakeTimeout`; a deadline of the handler ends with it and has to be set again. No other
    /// task may use the client meanwhile.
    ///
    /// - Parameter unread: the bytes that the handler has read and not used yet. There must be none:
    ///   what came in the clear must never count as said under TLS.
    /// - Throws: ``ClientError``; apart from ``ClientError/tlsNotOffered`` the connection is of no
    ///   use afterwards.
    open func startTLS(unread: Int) async throws { throw ClientError.tlsNotOffered }

    private func abstract(_ member: StaticString = #function) -> Never {
        preconditionFailure("a kind of Client must override \(member)")
    }
}

/// What ``Client/readArrived(_:)`` found.
public enum Arrival: Sendable {
    /// Bytes, which were lent.
    case bytes
    /// Nothing yet.
    case nothing
    /// The peer has ended its side.
    case end
}

extension Client {
    // Inlined into the handler, because an await that need not wait costs an echo 350 of its 3,200
    // instructions: the runtime looks up the task's executor after each.

    /// Waits until everything sent has been handed to the kernel: the back-pressure of a peer that
    /// reads slowly.
    ///
    /// - Throws: ``ClientError``.
    @inlinable @inline(__always)
    public func flush() async throws {
        if mustFlush { try await waitUntilSent() }
    }

    /// Sends bytes and waits until the kernel has taken them.
    ///
    /// - Throws: ``ClientError``.
    public func write(_ bytes: [UInt8]) async throws {
        send(bytes.span)
        try await flush()
    }

    /// Sends text in UTF-8 and waits until the kernel has taken it.
    ///
    /// - Throws: ``ClientError``.
    public func write(_ text: String) async throws {
        try await write(Array(text.utf8))
    }
}
