package import HandlerAPI

/// What a program gets of the events of a server, beside the journal: called on the loops, so it never waits.
package protocol ServerObserver: AnyObject, Sendable {
    /// Whether the others are to be called; to be checked before anything is built for them.
    var isWatching: Bool { get }

    /// A client is accepted.
    func accepted(_ client: ClientInfo)
    /// The handler of a client starts.
    func connected(_ client: ClientInfo)
    /// A client that was not refused is closed.
    func disconnected(_ client: ClientInfo, _ reason: CloseReason)
    /// A client is refused before its handler has started.
    func refused(_ client: ClientInfo, _ reason: CloseReason)
    /// A handshake has failed.
    func handshakeFailed(_ client: ClientInfo, _ detail: String)
    /// A handler has thrown an error of its own.
    func handlerFailed(_ client: ClientInfo, _ error: any Error)
    /// An event about no client was posted, of the level error or a more severe one.
    func failed(_ event: ServerEvent)
}
