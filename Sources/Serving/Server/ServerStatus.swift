internal import Configuration
package import HandlerAPI

/// The live numbers of a server at one moment.
package struct ServerStatus: Hashable, Sendable {
    /// Clients that are connected now.
    package var clients = 0
    /// Clients accepted so far.
    package var accepted = 0
    /// Clients turned away so far.
    package var refused = 0
    /// TLS handshakes that came to nothing so far.
    package var handshakesFailed = 0
    /// Listeners that are open.
    package var listeners = 0
}

/// One host of a server at one moment.
package struct HostStatus: Sendable {
    /// Its section.
    package let section: String
    /// Its `HostTag`.
    package let tag: String
    /// Whether it serves.
    package let state: HostState
    /// Clients that are with it now; those of the host it was before a reload are not.
    package let clients: Int
    /// Clients that have come to it so far, since the last reload that changed it.
    package let served: Int
    /// Why it is degraded, when it serves and does not do all that it should.
    package let conditions: [String]
    /// What its handler joins its clients with.
    package let targets: [TargetStatus]

    init(_ settings: HostSettings, _ state: HostState) {
        section = settings.section
        tag = settings.tag
        self.state = state
        clients = state.host?.account.clients.value ?? 0
        served = state.host?.account.served.value ?? 0
        conditions = state.host?.degradation ?? []
        targets = state.host?.handler.targets ?? []
    }
}
