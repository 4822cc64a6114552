/// The progress of one call of `TLSSession.handshake`.
package enum TLSHandshakeStep: Sendable {
    /// The handshake succeeded, under this identity.
    case done(TLSIdentity)

    /// The client's next message has not arrived.
    case wantsRead

    /// The send buffer of the socket is full.
    case wantsWrite

    /// The chooser has no identity for this name; the alert `unrecognized_name` was sent.
    case refused(serverName: String?)

    /// The handshake failed; the client was sent an alert if one applies.
    case failed(TLSError)

    /// The client disconnected.
    case closed
}

/// The result of `TLSSession.read`.
package enum TLSReadResult: Sendable, Equatable {
    /// This many bytes, at least one, were appended.
    case bytes(Int)

    /// Nothing more has arrived: `recv(2)` reported so during this call.
    case wantsRead

    /// The call received as much as one may, without application data, and there is more: serve other clients
    /// and call again.
    case again

    /// The socket must become writable before reading can continue.
    case wantsWrite

    /// The peer closed its side with a close_notify.
    case end

    /// The connection ended without a close_notify: the data may be truncated.
    case truncated

    /// The connection failed.
    case failed(TLSError)
}

/// The result of `TLSSession.write`.
package enum TLSWriteResult: Sendable, Equatable {
    /// This many bytes were accepted; fewer than given means that the send buffer is full.
    case bytes(Int)

    /// The send buffer is full, and no bytes were accepted.
    case wantsWrite

    /// The socket must become readable before writing can continue.
    case wantsRead

    /// The connection failed.
    case failed(TLSError)
}
