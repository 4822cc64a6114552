internal import HandlerAPI
internal import NetworkTypes
internal import TLS

/// Finds the host of a name that a client requests, such as the Host field of HTTP.
///
/// Over TLS the handshake has decided: it has requested client certificates, and chosen versions and
/// ciphers, by the policy of one host. The name of another host is served only to a client that sent
/// no server name, and only where that host has the very same policy.
struct HostLookup {
    /// The client's host.
    let host: Host
    /// The newest router of its listener; nil when that is closed, or switched between plain and TLS.
    let router: EndpointRouter?
    /// Nil for a plain client.
    let tls: TLSLayer?
    /// The client.
    let address: IPAddress

    /// - Throws: why the host that owns the name does not admit the client.
    func result(for name: Span<UInt8>) throws(AccessRefusal) -> NamedHost {
        guard let router else { return .misdirected }
        switch router.owner(of: name) {
        case .nobody: return .own
        case .down(let other): return down(other)
        case .host(let other): return try up(other)
        }
    }

    private func down(_ other: Host?) -> NamedHost {
        // The server name of the handshake takes precedence.
        guard let tls, let name = tls.session.serverName, !name.isEmpty else { return .down }
        return other?.id == host.id ? .down : .misdirected
    }

    private func up(_ other: Host) throws(AccessRefusal) -> NamedHost {
        // After a reload the same section may be another object.
        if other === host || other.id == host.id { return .own }
        if let refusal = other.access?.refusal(of: address) { throw refusal }
        guard let tls else {
            return other.servesOnlyChallenge
                ? .otherForChallenge(other.handler) : .other(other.handler)
        }
        guard tls.session.serverName == nil, let own = host.identity, let wanted = other.identity,
            own.context.policy == wanted.context.policy
        else { return .misdirected }
        return .other(other.handler)
    }
}
