internal import HandlerAPI
internal import NetworkTypes
internal import Platform

extension Endpoint {
    /// Whether a connection to another endpoint reaches a listener that is bound to this one.
    func isReached(by other: Endpoint) -> Bool {
        guard let local = socketAddress, let remote = other.socketAddress else {
            return self == other
        }
        guard local.port == remote.port else { return false }
        let ip = remote.ip.asDialed
        guard local.ip.isWildcard else { return local.ip == ip }
        return local.ip.family == ip.family && (ip.isLoopback || OwnAddress.has(ip))
    }
}

extension IPAddress {
    /// The address that a connection to this one goes to: the loopback address for a wildcard, as
    /// connect(2) has it on Linux, and that of IPv4 in one of IPv6 (RFC 4291, 2.5.5.2).
    fileprivate var asDialed: IPAddress {
        if isWildcard { return family == .v4 ? IPAddress(v4: 127 << 24 | 1) : IPAddress(v6: 0, 1) }
        return mappedV4 ?? self
    }
}

extension EndpointRouter {
    /// The host that a connection to a target reaches; nil if only its handshake decides.
    func host(of target: DialTarget) -> Host? {
        guard listener.isTLS else { return plainHost }
        guard target.tls != nil else { return nil }
        let name = target.tlsName
        // A literal address is no server name (RFC 6066, 3).
        return host(serverName: IPAddress(name) == nil ? name : nil)
    }
}
