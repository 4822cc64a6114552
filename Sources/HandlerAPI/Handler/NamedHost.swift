/// Whom a name belongs to that a client asks for inside its protocol, such as HTTP's `Host`.
@nonexhaustive
public enum NamedHost: Sendable {
    /// The client's own host, or nobody's: the host that serves it already goes on.
    case own
    /// Another host of the client's listener, which may serve it: its handler.
    case other(any Handler)
    /// One whose certificate is no good, and that wants its clients on its SSL port: the handler answers
    /// the challenge of an authority, and nothing else.
    case otherForChallenge(any Handler)
    /// A host that must not serve this client: the TLS handshake did not satisfy its policy, or the
    /// client asked for another name in it.
    case misdirected
    /// A host that does not admit the client's address (`AllowFrom`, `DenyFrom`).
    case denied
    /// A host of the client's listener that does not serve now: it is down, disabled, or its
    /// certificate turned out bad.
    case down
}
