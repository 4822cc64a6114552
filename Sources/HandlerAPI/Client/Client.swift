/// A connected client, as its handler sees it: plain and TLS look the same.
///
/// A value of one pointer, valid until the call of ``Handler/serve(_:)`` that got it returns. It is not
/// `Sendable`: a program that keeps it, or uses it from another task, does not compile.
public struct Client: Peer {
    @usableFromInline package let core: ClientCore

    package init(_ core: ClientCore) {
        self.core = core
    }

    /// The connection.
    @inlinable public var reference: PeerReference { PeerReference(core) }

    /// The tag of the host that serves this client (`HostTag`).
    public var hostTag: String { core.hostTag }

    /// The load balancer that passed the client on with a header of the PROXY protocol (`ProxyProtocol`); nil for none.
    ///
    /// ``Peer/remoteAddress`` is the client's then, and ``Peer/localAddress`` what it connected to.
    public var via: Via? { core.via }

    /// The server name that the client asked for in its TLS handshake (RFC 6066), nil without one.
    public var serverName: String? { core.serverName }

    /// The cipher of a TLS connection, such as `TLS_AES_256_GCM_SHA384`, nil on a plain one.
    public var tlsCipher: String? { core.tlsCipher }

    /// The protocol that client and host agreed on in the handshake (ALPN), nil for none; one of
    /// ``Handler/applicationProtocols``.
    public var applicationProtocol: String? { core.applicationProtocol }

    /// The certificate that the client showed, nil without one; see `CliCertMethod`.
    ///
    /// Read anew each time: keep it where it is asked for often.
    public var certificate: ClientCertificate? { core.certificate }

    /// Whether the server is stopping: finish what is under way, begin nothing new.
    public var isDraining: Bool { core.isDraining }

    /// Writes a record about this client, with its fields, where the daemon's records go.
    ///
    /// Never waits; `message` is not built for a level that `LogLevel=` leaves out. The text is one
    /// line without a final period; what a terminal would obey in it is made harmless.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        core.log(level, message())
    }

    /// Writes a record `topic: detail` about something that may befall many clients at one time.
    ///
    /// Of one host's records with one topic, whoever the clients are, the first ten are told, the others
    /// counted for ten seconds and told as a number.
    public func log(
        _ level: LogLevel, about topic: String, _ detail: @autoclosure () -> String
    ) {
        core.log(level, about: topic, detail())
    }

    /// Tells the operator that the host cannot do what it should for its clients: a warning record
    /// (folded as ``log(_:about:_:)`` folds), and `icshostd status` shows the host as degraded for the
    /// next 60 seconds.
    ///
    /// For failures of the machine or the set-up, such as a file that cannot be read for want of
    /// descriptors. What clients do wrong belongs into ``log(_:_:)``.
    ///
    /// - Parameters:
    ///   - subject: what it is about, such as the system call with its path; one subject counts once.
    ///   - message: what is wrong, with the call and the path: no capital, no period.
    ///   - errorNumber: the `errno` of the call that failed, for the record's `ERRNO` field.
    public func reportTrouble(
        _ subject: String, _ message: @autoclosure () -> String, errno errorNumber: Int32? = nil
    ) {
        core.reportTrouble(subject, message(), errno: errorNumber)
    }

    /// Gives the connection to a program as its standard input and output, and waits until it has ended,
    /// with all that it has started in its process group.
    ///
    /// On a plain connection the program has the socket itself; over TLS the server passes the bytes
    /// on. What it writes to its standard error becomes records of this client. When the client has
    /// gone, or the drain period of a stopping server is over, the program is asked to end and, after
    /// `endTime`, killed. The handler's deadline does not end it. Nobody else may use the client
    /// meanwhile.
    ///
    /// - Returns: how the program ended; that it was missing is an exit status, 127.
    /// - Throws: ``ProgramError`` when it could not be started, ``ClientError``.
    @inlinable @inline(__always)
    public func run(_ program: Program) async throws -> ProgramEnd {
        try await core.run(program)
    }

    /// Dials a target, on the loop of this client; nothing of it blocks.
    ///
    /// All addresses of a name are tried in turn, within `timeout`. The peer ends with this
    /// client at the latest.
    ///
    /// - Parameters:
    ///   - target: whom to dial.
    ///   - whenClosed: told what went over it once it is closed; not when it was not reached.
    /// - Returns: the peer that took the connection.
    /// - Throws: ``DialError``; ``ClientError/cancelled``.
    @inlinable @inline(__always)
    public func connect(
        to target: DialTarget, whenClosed: (@Sendable (Traffic) -> Void)?
    ) async throws -> DialedPeer {
        DialedPeer(try await core.connect(to: target, whenClosed: whenClosed))
    }

    /// Moves bytes both ways between this client and a peer that it has dialed, until both have
    /// ended their sides.
    ///
    /// The end of one side is passed on, the other goes on. Large transfers between plain
    /// connections do not pass through this process (splice(2)). To be relayed to the end costs
    /// less without a task: return ``Afterwards/relay(to:idleTimeout:)``.
    ///
    /// - Parameters:
    ///   - peer: dialed by this client.
    ///   - idleTimeout: how long both may be silent, nil for as long as they like; it takes the
    ///     place of the client's deadline.
    /// - Returns: what the peer was sent and what it sent.
    /// - Throws: ``ClientError``; ``DialError/lost(reason:)`` when the peer breaks.
    @inlinable @inline(__always)
    public func relay(to peer: DialedPeer, idleTimeout: Duration?) async throws -> Traffic {
        try await core.relay(to: peer.reference.core, idleTimeout: idleTimeout)
    }

    /// Looks for the host of a name among those of the client's own listener.
    ///
    /// - Parameter name: without port, in any case.
    /// - Returns: who may serve a request for it.
    public func host(for name: Span<UInt8>) -> NamedHost {
        core.host(for: name)
    }

    /// Whether ``startTLS(unread:)`` is possible: on a plain client of a host with `AuthSslCmd`.
    public var offersTLS: Bool { core.offersTLS }

    /// Whether the host wants nothing from this client in the clear (`AuthForceSsl`).
    ///
    /// It may ask for TLS or leave, and a handler refuses all else. Always false once TLS is there.
    public var requiresTLS: Bool { core.requiresTLS }

    /// Whether the host wants its clients on its SSL port and cannot serve them there, since its
    /// certificate is no good: a web host answers the challenge of an authority, and 503 to all else.
    public var isForChallenge: Bool { core.isForChallenge }

    /// Upgrades a plain client to TLS, as STARTTLS and AUTH TLS do; from then on all that is read
    /// and sent is encrypted.
    ///
    /// Send the protocol's "go ahead" first: what is unsent goes out in the clear. The handshake has
    /// `HandshakeTimeout`; a deadline of the handler ends with it and has to be set again. No other
    /// task may use the client meanwhile.
    ///
    /// - Parameter unread: the bytes that the handler has read and not used yet, apart from what it
    ///   has put back. There must be none: what came in the clear must never count as said under TLS.
    /// - Throws: ``ClientError``; apart from ``ClientError/tlsNotOffered`` the connection is of no
    ///   use afterwards.
    @inlinable @inline(__always)
    public func startTLS(unread: Int) async throws {
        try await core.startTLS(unread: unread)
    }

    /// A number that the handler keeps with its client, over rests too; 0 at first.
    package var note: UInt64 {
        get { core.note }
        nonmutating set { core.note = newValue }
    }

    /// What handlers keep once per event loop.
    package var loopLocals: LoopLocals { core.loopLocals }
}

@available(*, unavailable)
extension Client: Sendable {}

extension Client {
    /// Dials a target.
    ///
    /// - Returns: the peer that took the connection.
    /// - Throws: as the long form does.
    public func connect(to target: DialTarget) async throws -> DialedPeer {
        try await connect(to: target, whenClosed: nil)
    }

    /// Upgrades to TLS a client of which nothing has been read that was not used or put back, as
    /// ``Peer/readLine(upTo:)`` reads.
    ///
    /// - Throws: as ``startTLS(unread:)`` does.
    public func startTLS() async throws { try await startTLS(unread: 0) }

    /// Runs what must block, such as a database's library, away from the client's event loop, and
    /// waits for what it returns.
    ///
    /// A few threads do this for the whole server. A job that has begun runs to its end: neither the
    /// deadline nor cancellation reaches it.
    ///
    /// - Throws: what `body` throws; ``ClientError/overloaded`` when too many jobs wait already.
    public func offLoop<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                let isTaken = core.perform(offLoop: {
                    continuation.resume(with: Swift.Result { try body() })
                })
                if !isTaken { continuation.resume(throwing: ClientError.overloaded) }
            }
        } catch ClientError.overloaded {
            // Whoever tries again and again must not keep the loop meanwhile.
            await Task.yield()
            throw ClientError.overloaded
        }
    }
}
