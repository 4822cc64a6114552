public import NetworkTypes

/// What a connection is to an engine: the superclass of the connections of a server and of a script.
///
/// Handlers never see one: they have a ``Peer``, whose methods call these.
open class PeerCore: @unchecked Sendable {
    // Sendable because every instance is confined to the thread of its event loop.

    /// The bytes that may be sent ahead of a flush.
    package static let unsentLimit = 1 << 20

    /// The bytes that may wait to be read once more.
    package static let putBackLimit = 1 << 20

    /// For the engines of this package.
    package init() {}

    /// See ``Peer/id``.
    open var id: UInt64 { abstract() }

    /// See ``Peer/remoteAddress``.
    open var remoteAddress: SocketAddress { abstract() }

    /// See ``Peer/localAddress``.
    open var localAddress: SocketAddress { abstract() }

    /// See ``Peer/isTLS``.
    open var isTLS: Bool { tlsVersion != nil }

    /// See ``Peer/tlsVersion``.
    open var tlsVersion: String? { abstract() }

    /// See ``Peer/descriptor``.
    open var descriptor: CInt? { abstract() }

    /// See ``Peer/read(_:)``.
    open func read(_ body: (Span<UInt8>) throws -> Void) async throws -> Bool { abstract() }

    /// See ``Peer/readArrived(_:)``.
    open func readArrived(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival { abstract() }

    /// See ``Peer/putBack(_:)``.
    open func putBack(_ rest: Span<UInt8>) { abstract() }

    /// Has the next read lend again at once what was put back whole, and not when more has arrived.
    open func lendAgain() { abstract() }

    /// Whether the peer has ended its side, and all that came before was read or put back.
    open var hasInputEnded: Bool { abstract() }

    /// See `Peer.send`.
    open func send(_ bytes: Span<UInt8>) { abstract() }

    /// See `Peer.send`.
    open func send(_ first: Span<UInt8>, _ second: Span<UInt8>) { abstract() }

    /// Gathers what is sent from now on, until ``uncork()``; use `Peer.corked`.
    open func cork() { abstract() }

    /// Sends what was gathered.
    open func uncork() { abstract() }

    /// Whether ``Peer/flush()`` has something to wait for or to report.
    open var mustFlush: Bool { abstract() }

    /// The part of ``Peer/flush()`` that waits; handlers call that one.
    ///
    /// - Throws: ``ClientError``.
    open func waitUntilSent() async throws { abstract() }

    /// See ``Peer/sendFile(_:from:count:after:)``.
    open func sendFile(
        _ descriptor: CInt, from offset: Int, count: Int, after head: [UInt8]
    ) async throws -> Int { abstract() }

    /// The part of ``Peer/finishSending()`` that does not wait; handlers call that one.
    open func endSending() { abstract() }

    /// See ``Peer/setDeadline(after:)``.
    open func setDeadline(after duration: Duration?) { abstract() }

    /// Ends a peer that was dialed: what is unsent still goes out, then the connection closes.
    ///
    /// The server does it when `serve` returns or throws. On a client, which ends by that, it does
    /// nothing.
    open func close() { abstract() }

    func abstract(_ member: StaticString = #function) -> Never {
        preconditionFailure("a kind of PeerCore must override \(member)")
    }
}
