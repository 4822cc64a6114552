internal import Configuration
internal import HandlerAPI
internal import Limiting
internal import NetworkTypes
internal import Planning

/// Which peers of a listener send a header of the PROXY protocol (`ProxyProtocol`, `TrustedProxies`).
struct TrustedProxies: Sendable {
    /// What is expected of a peer.
    enum Role {
        /// It is the client.
        case client
        /// It sends a header first.
        case proxy
        /// It may not connect.
        case stranger(AccessRefusal)
    }

    /// Why a stranger may not connect; nil where others than proxies are clients.
    private let refusal: AccessRefusal?
    private let trusted: AddressList

    /// The rule of an endpoint; nil where nobody sends a header.
    init?(_ endpoint: PlannedEndpoint, _ plan: ListenPlan) {
        let options = endpoint.options
        let mode = options.proxyProtocol ?? .none
        guard mode != .none else { return nil }
        trusted = AddressList(options.trustedProxies ?? [])
        let place =
            endpoint.optionPlace(.trustedProxies, plan)
            ?? endpoint.optionPlace(.proxyProtocol, plan)
        refusal =
            mode == .require
            ? AccessRefusal(
                limit: ListenerOptions.Key.trustedProxies.rawValue, place: place?.fileAndLine ?? "",
                isListed: false, reason: .untrustedProxy) : nil
    }

    /// What is expected of a peer; one of a unix socket is trusted: the permissions of the file decide.
    func role(of peer: SocketAddress) -> Role {
        if peer.ip.family == .unix || trusted.match(peer.ip) != nil { return .proxy }
        return refusal.map { .stranger($0) } ?? .client
    }
}
