/// The kinds of events, each with a message id and a wording of its own.
package enum EventKind: String, CaseIterable, Sendable {
    /// A listener is open.
    case listenerOpened
    /// A listener was closed: no host needs it any more.
    case listenerClosed
    /// A listener pauses: there is no descriptor for its next client.
    case listenerPaused
    /// A paused listener accepts again.
    case listenerResumed
    /// A client's connection has ended.
    case clientClosed
    /// A client was refused before its handler was called.
    case clientRefused
    /// A TLS handshake failed.
    case handshakeFailed
    /// A handler threw an error of its own.
    case handlerFailed
    /// A record of a handler about its client.
    case handlerRecord
    /// A record of a handler about its host.
    case hostRecord
    /// A host is up.
    case hostUp
    /// A host is down.
    case hostDown
    /// A host is up, but cannot do everything that it is configured for.
    case hostDegraded
    /// A host keeps running with its previous settings, because its new ones failed.
    case hostOutdated
    /// A host is no longer in the configuration.
    case hostRemoved
    /// A host uses a self-signed certificate that was created here, because it has none.
    case certificateMade
    /// A certificate has a fault that does not prevent its use.
    case certificateWarning
    /// A new certificate is used from now on.
    case certificateReplaced
    /// A new certificate cannot be used; the old one is kept.
    case certificateRefused
    /// New authorities or revocation lists are used from now on.
    case trustReplaced
    /// New authorities or revocation lists cannot be used; the old ones are kept.
    case trustRefused
    /// A changed file of `AllowFrom` or `DenyFrom` is used from now on.
    case addressListReplaced
    /// A changed file of `AllowFrom` or `DenyFrom` cannot be used; the old list is kept.
    case addressListRefused
    /// The program has read its configuration and starts.
    case starting
    /// The program shuts down.
    case stopping
    /// The program exits.
    case stopped
    /// A reload has been applied.
    case reloaded
    /// A reload failed and has changed nothing.
    case reloadFailed
    /// The access logs of web hosts are reopened.
    case logsReopened
    /// A warning or an error of the configuration.
    case configuration
    /// The limit of descriptors.
    case fileLimit
    /// The control socket could not be opened.
    case controlFailed
    /// The control socket is open again.
    case controlReturned
    /// An operator disconnected clients.
    case clientsDisconnected
    /// A loop does not respond.
    case loopSilent
    /// A loop responds again.
    case loopAnswered
    /// Events were dropped because the writer was too slow.
    case eventsDropped
}
