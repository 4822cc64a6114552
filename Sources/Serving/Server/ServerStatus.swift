package import Configuration
package import HandlerAPI

/// The counters of a server at one moment.
package struct ServerStatus: Hashable, Sendable {
    /// Connected clients.
    package var clients = 0
    /// Clients accepted so far.
    package var accepted = 0
    /// Refused clients so far.
    package var refused = 0
    /// Clients so far that were disconnected because their drain period had expired.
    package var drained = 0
    /// Failed TLS handshakes so far.
    package var handshakesFailed = 0
    /// Open listeners.
    package var listeners = 0

    /// All are 0.
    package init() {}
}

/// One host of a server at one moment.
package struct HostStatus: Sendable {
    /// The identity of the host.
    package let id: SectionID
    /// Its `HostTag`.
    package let tag: String
    /// Whether it is up.
    package let state: HostState
    /// Connected clients, without those of its version before a reload.
    package let clients: Int
    /// Clients so far, since the last reload that changed it.
    package let served: Int
    /// Why it is degraded: it serves, but not with everything that is configured.
    package let conditions: [String]
    /// The targets to which its handler relays clients.
    package let targets: [TargetStatus]

    /// The host of a state.
    package init(_ settings: HostSettings, _ state: HostState) {
        id = settings.id
        tag = settings.tag
        self.state = state
        clients = state.host?.account.clientCount ?? 0
        served = state.host?.account.served.value ?? 0
        conditions = state.host?.degradation ?? []
        targets = state.host?.targets ?? []
    }
}
