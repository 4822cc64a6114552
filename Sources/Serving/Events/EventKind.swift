/// The kinds of events, each with its own MESSAGE_ID and message.
package enum EventKind: String, CaseIterable, Sendable {
    /// A listener is open.
    case listenerOpened
    /// A listener was closed, because no host uses it any more.
    case listenerClosed
    /// A listener pauses, because there is no descriptor for its next client.
    case listenerPaused
    /// A paused listener accepts again.
    case listenerResumed
    /// The connection of a client was closed.
    case clientClosed
    /// A client was refused before its handler saw it.
    case clientRefused
    /// A TLS handshake failed.
    case handshakeFailed
    /// A handler threw an error.
    case handlerFailed
    /// A message of a handler about a client.
    case handlerRecord
    /// A message of a handler about its host.
    case hostRecord
    /// A host is up.
    case hostUp
    /// A host is down.
    case hostDown
    /// A host serves, with a problem.
    case hostDegraded
    /// A host keeps its previous settings after a reload, because it cannot start with the new ones.
    case hostOutdated
    /// A host is no longer in the configuration.
    case hostRemoved
    /// A host uses a self-signed certificate, because it has no other.
    case certificateMade
    /// A certificate has a problem.
    case certificateWarning
    /// A new certificate is in use.
    case certificateReplaced
    /// A new certificate cannot be used, and the old one stays.
    case certificateRefused
    /// New authorities or revocation lists are in use.
    case trustReplaced
    /// New authorities or revocation lists cannot be used, and the old ones stay.
    case trustRefused
    /// The daemon has read its configuration and starts.
    case starting
    /// All listeners are open.
    case ready
    /// The daemon shuts down.
    case stopping
    /// The daemon exits.
    case stopped
    /// A reload was applied.
    case reloaded
    /// A reload failed and changed nothing.
    case reloadFailed
    /// The access logs of web hosts were reopened.
    case logsReopened
    /// A diagnostic about the configuration.
    case configuration
    /// The limit on open files.
    case fileLimit
    /// The control socket could not be opened.
    case controlFailed
    /// The control socket is available again.
    case controlReturned
    /// An operator disconnected clients.
    case clientsDisconnected
    /// A loop makes no progress.
    case loopSilent
    /// A loop makes progress again.
    case loopAnswered
    /// Events were dropped, because the journal did not accept them in time.
    case eventsDropped
}
