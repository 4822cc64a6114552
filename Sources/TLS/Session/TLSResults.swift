/// How far one call of `TLSSession.handshake` came.
package enum TLSHandshakeStep: Sendable {
    /// The session carries data now, under this identity.
    case done(TLSIdentity)

    /// The client's next message is not here yet.
    case wantsRead

    /// The socket takes no more for now.
    case wantsWrite

    /// The chooser knew no identity for this name; the client was sent `unrecognized_name`.
    case refused(serverName: String?)

    /// The handshake broke; the client was sent an alert if one fits.
    case failed(TLSError)

    /// The client went away.
    case closed
}

/// What `TLSSession.read` got.
package enum TLSReadResult: Sendable, Equatable {
    /// So many bytes, at least one, were appended.
    case bytes(Int)

    /// Nothing more is here: `recv(2)` said so during this call.
    case wantsRead

    /// Nothing for us in all that one call may receive, and there is more: let others have their
    /// turn and call again.
    case again

    /// The socket must become writable before reading can go on.
    case wantsWrite

    /// The peer ended its side with a close_notify.
    case end

    /// The connection ended without a close_notify: what came may be cut short.
    case truncated

    /// The connection is broken.
    case failed(TLSError)
}

/// What became of the bytes given to `TLSSession.write`.
package enum TLSWriteResult: Sendable, Equatable {
    /// So many bytes were taken; fewer than given means the socket takes no more for now.
    case bytes(Int)

    /// The socket takes no more for now, and none of the bytes was taken.
    case wantsWrite

    /// The socket must become readable before writing can go on.
    case wantsRead

    /// The connection is broken.
    case failed(TLSError)
}
