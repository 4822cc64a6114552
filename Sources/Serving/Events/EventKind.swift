/// The kinds of things that happen to a server, each with a message id and a form of its own.
package enum EventKind: String, CaseIterable, Sendable {
    /// A listener is open.
    case listenerOpened
    /// A listener was closed, because no host wants it any more.
    case listenerClosed
    /// A listener has no descriptor left for its next client and waits.
    case listenerPaused
    /// A paused listener accepts again.
    case listenerResumed
    /// A client's connection has ended.
    case clientClosed
    /// A client was turned away before its handler saw it.
    case clientRefused
    /// A TLS handshake came to nothing.
    case handshakeFailed
    /// A handler threw an error of its own.
    case handlerFailed
    /// What a handler has to say about its client.
    case handlerRecord
    /// What a handler has to say about its host.
    case hostRecord
    /// A host serves.
    case hostUp
    /// A host was left out.
    case hostDown
    /// A host serves, but cannot do all that it should.
    case hostDegraded
    /// A host goes on as it was before a reload, because what it is to become is in trouble.
    case hostOutdated
    /// A host is no longer in the configuration.
    case hostRemoved
    /// A host shows a certificate that was made here because it has none.
    case certificateMade
    /// A certificate has something odd about it.
    case certificateWarning
    /// A new certificate is in force.
    case certificateReplaced
    /// A new certificate cannot be used, and the old one stays.
    case certificateRefused
    /// New authorities or revocation lists are in force.
    case trustReplaced
    /// New authorities or revocation lists cannot be used, and the old ones stay.
    case trustRefused
    /// The program read its file and begins.
    case starting
    /// The program was asked to end.
    case stopping
    /// The program ends.
    case stopped
    /// A reload has been applied.
    case reloaded
    /// A reload has changed nothing.
    case reloadFailed
    /// The access logs of web hosts are opened anew.
    case logsReopened
    /// What the configuration says is odd or wrong.
    case configuration
    /// How many descriptors there may be.
    case fileLimit
    /// The control socket could not be opened.
    case controlFailed
    /// The control socket is there again.
    case controlReturned
    /// An operator ended clients.
    case clientsDisconnected
    /// A loop has not come back for a while.
    case loopSilent
    /// A silent loop has come back.
    case loopAnswered
    /// Events were dropped because nobody took them in time.
    case eventsDropped
}
