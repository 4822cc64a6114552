package import HandlerAPI
package import TLS

/// A host as its clients meet it: settled before they come, never changed while they are here.
package final class Host: Sendable {
    /// `HostTag`, which names the host in journal records.
    package let tag: String
    /// The section of the configuration.
    package let section: String
    /// The name of its handler.
    package let handlerName: String
    /// Serves the host's clients.
    package let handler: any Handler
    /// Whether a client begins at rest (``Handler/startsAtRest``).
    let startsAtRest: Bool
    /// Certificate and policy, nil for a host without a TLS listener.
    package let identity: TLSIdentity?

    /// Joins what a host needs to serve.
    package init(
        tag: String, section: String, handlerName: String, handler: any Handler,
        identity: TLSIdentity?
    ) {
        self.tag = tag
        self.section = section
        self.handlerName = handlerName
        self.handler = handler
        startsAtRest = type(of: handler).startsAtRest
        self.identity = identity
    }

    /// The certificates of the identity, unless they are fixed.
    package var certificates: HostCertificates? { identity?.source as? HostCertificates }

    /// Whether it cannot serve although it could when it began: its certificates turned out bad.
    package var isTakenDown: Bool { identity.map { !$0.source.isUsable } ?? false }
}

/// Whether one host of the plan serves.
package enum HostState: Sendable {
    case up(Host)
    case down(HostTrouble)
    case disabled

    /// The host, when it serves.
    package var host: Host? {
        guard case .up(let host) = self else { return nil }
        return host
    }
}

extension HostState {
    /// Why the host is left out, when it is.
    package var trouble: HostTrouble? {
        guard case .down(let trouble) = self else { return nil }
        return trouble
    }
}
