internal import NetworkTypes

/// What its clients have to know of a listener, whose socket must not stay open for them.
final class ListenerFacts: Sendable {
    /// The listener's ``Listener/id``.
    let listener: UInt64
    /// Whether clients speak TLS from their first byte.
    let isTLS: Bool
    /// As the journal's LISTENER shows it, such as `127.0.0.1:443 ssl`.
    let name: String
    /// Where clients connect to, for a client that can no longer tell; a unix socket has no address.
    let address: SocketAddress

    /// Of connections that came over no listener: a host dialed them.
    static let none = ListenerFacts()

    private init() {
        (listener, isTLS, name) = (0, false, "")
        address = SocketAddress(UnixPeer(processID: 0, userID: 0))
    }

    init(_ listener: Listener, isTLS: Bool) {
        self.listener = listener.id
        self.isTLS = isTLS
        name = OpenedEndpoint.name(listener.address, isTLS: isTLS)
        address =
            listener.address.socketAddress ?? SocketAddress(UnixPeer(processID: 0, userID: 0))
    }
}
