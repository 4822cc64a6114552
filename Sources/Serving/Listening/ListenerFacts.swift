internal import HandlerAPI
internal import NetworkTypes

/// What clients keep of their listener, whose socket they must not keep open.
final class ListenerFacts: Sendable {
    /// The listener's ``Listener/id``.
    let listener: UInt64
    /// Whether clients speak TLS from their first byte.
    let isTLS: Bool
    /// As the journal's LISTENER shows it, such as `127.0.0.1:443 ssl`.
    let name: String
    /// Who sends a header of the PROXY protocol; nil for nobody.
    let proxies: TrustedProxies?
    /// Where clients connect to, for a socket that can no longer report it; empty for a unix socket.
    let address: SocketAddress

    /// The same for programs.
    var info: ListenerInfo { ListenerInfo(id: Int(listener), address: address, isTLS: isTLS) }

    /// For connections without a listener: a host has dialed them.
    static let none = ListenerFacts()

    private init() {
        (listener, isTLS, name, proxies) = (0, false, "", nil)
        address = SocketAddress(UnixPeer(processID: 0, userID: 0))
    }

    init(_ listener: Listener, isTLS: Bool, proxies: TrustedProxies?) {
        self.listener = listener.id
        self.isTLS = isTLS
        self.proxies = proxies
        name = OpenedEndpoint.name(listener.address, isTLS: isTLS)
        address =
            listener.address.socketAddress ?? SocketAddress(UnixPeer(processID: 0, userID: 0))
    }
}
