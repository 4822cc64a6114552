internal import EventLoops
internal import NetworkTypes
internal import Planning

/// One listening socket with the hosts behind it, shared by all loops.
final class Listener: Sendable {
    private let opened: OpenedEndpoint
    let isTLS: Bool
    let router: EndpointRouter
    /// As the journal's LISTENER shows it, such as `127.0.0.1:443 ssl`.
    let name: String
    /// The tag of the first host.
    let defaultTag: String

    /// Where clients connect to, for a client that can no longer tell; a unix socket has no address.
    var address: SocketAddress {
        opened.address.socketAddress ?? SocketAddress(UnixPeer(processID: 0, userID: 0))
    }
    /// The number to watch on a loop.
    var number: CInt { opened.socket.number }

    init(_ opened: OpenedEndpoint, router: EndpointRouter) {
        let address = opened.address
        self.opened = opened
        isTLS = opened.endpoint.isTLS
        self.router = router
        name = isTLS ? "\(address) ssl" : "\(address)"
        defaultTag = router.tag(for: nil)
    }

    func accept() -> ListeningSocket.Acceptance { opened.socket.accept() }
}
