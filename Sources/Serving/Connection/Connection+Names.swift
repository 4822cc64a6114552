internal import HandlerAPI
internal import TLS

extension Connection {
    /// Does what ``host(for:)`` says.
    ///
    /// Over TLS the handshake has decided: it has asked for client certificates, and chosen versions
    /// and ciphers, as the policy of one host wants it. A name of another host is served only to a
    /// client that asked for none, and only where that host has the very same policy.
    func namedHost(_ name: Span<UInt8>) -> NamedHost {
        guard let host else { return .own }
        // The listener is gone, or speaks otherwise now: the client has to come again.
        guard let router = worker.router(of: listener) else { return .misdirected }
        switch router.owner(of: name) {
        case .nobody:
            return .own
        case .down(let other):
            // Over TLS the name of the handshake counts first.
            guard let name = tls?.session.serverName, !name.isEmpty else { return .down }
            return other.map { $0.section == host.section } ?? false ? .down : .misdirected
        case .host(let other):
            // After a reload the same section may be another object.
            if other === host || other.section == host.section { return .own }
            guard let tls else {
                return other.servesOnlyChallenge
                    ? .otherForChallenge(other.handler) : .other(other.handler)
            }
            guard tls.session.serverName == nil, let own = host.identity,
                let wanted = other.identity, own.context.policy == wanted.context.policy
            else { return .misdirected }
            return .other(other.handler)
        }
    }
}
