/// A peer that a handler, or the background work of a host, has dialed: see
/// ``Client/connect(to:whenClosed:)``.
///
/// Belongs to the task that dialed it; not `Sendable`.
public struct DialedPeer: Peer {
    /// The connection.
    public let reference: PeerReference

    @usableFromInline package init(_ core: PeerCore) {
        reference = PeerReference(core)
    }

    /// Ends the connection: what is unsent still goes out, then it closes.
    ///
    /// The server does the same when `serve` returns or throws.
    public func close() { reference.core.close() }
}

@available(*, unavailable)
extension DialedPeer: Sendable {}
