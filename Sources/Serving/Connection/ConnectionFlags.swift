/// What is true of a connection beside its phase, one bit each.
struct ConnectionFlags: OptionSet {
    let rawValue: UInt16

    /// The kernel may have input: until a receive comes back short or empty.
    static let readable = ConnectionFlags(rawValue: 1 << 0)
    /// The TLS engine has to send before it can read (RFC 8446, 4.6.3).
    static let sendsFirst = ConnectionFlags(rawValue: 1 << 1)
    /// The kernel has reported that the peer will send no more, or that the connection is broken.
    static let hungUp = ConnectionFlags(rawValue: 1 << 2)
    /// A read has found the end of the peer's side.
    static let inputEnded = ConnectionFlags(rawValue: 1 << 3)
    /// Our side has ended before the handler was done.
    static let outputEnded = ConnectionFlags(rawValue: 1 << 4)
    /// epoll(7) watches for room to send.
    static let outputWatched = ConnectionFlags(rawValue: 1 << 5)
    /// The handler's deadline has passed.
    static let timedOut = ConnectionFlags(rawValue: 1 << 6)
    /// The last wait had nothing to wait for (`Connection+Guard`).
    static let waitedInVain = ConnectionFlags(rawValue: 1 << 7)
    /// In the handshake of ``Client/startTLS(unread:)``, or failed in it.
    static let upgrading = ConnectionFlags(rawValue: 1 << 8)
    /// It ends in the middle of its output, and the peer must notice.
    static let aborted = ConnectionFlags(rawValue: 1 << 9)
    /// The peer sends nothing more (``Afterwards/closeAtOnce``).
    static let peerIsDone = ConnectionFlags(rawValue: 1 << 10)
    /// Refused, and counted as such by its loop.
    static let refused = ConnectionFlags(rawValue: 1 << 11)
    /// The record of its end is written.
    static let reported = ConnectionFlags(rawValue: 1 << 12)
    /// Something writes to it that messages must not interrupt: a part of a file, or a program.
    static let outputLent = ConnectionFlags(rawValue: 1 << 13)
    /// Its handler is to finish, though neither its server nor its host drains.
    static let draining = ConnectionFlags(rawValue: 1 << 14)
}
