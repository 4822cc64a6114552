/// A connected client, as its handler sees it: plain and TLS look the same.
///
/// The server makes clients; the class is open so that `HandlerTesting` can script one.
open class Client: Peer, @unchecked Sendable {
    // Sendable because every Peer is.

    /// The tag of the host that serves this client (`HostTag`).
    open var hostTag: String { abstract() }

    /// The server name that the client asked for in its TLS handshake (RFC 6066), nil without one.
    open var serverName: String? { abstract() }

    /// Whether the server is stopping: finish what is under way, begin nothing new.
    open var isDraining: Bool { abstract() }

    /// Writes a record about this client, with its fields, where the daemon's records go.
    ///
    /// Never waits; `message` is not built for a level that `LogLevel=` leaves out. The text is one
    /// line without a final period; what a terminal would obey in it is made harmless.
    open func log(_ level: LogLevel, _ message: @autoclosure () -> String) { abstract() }

    /// Gives a job to a thread that may block; handlers call ``offLoop(_:)``.
    ///
    /// - Returns: false when too many jobs wait already, `job` is dropped then.
    open func perform(offLoop job: @escaping @Sendable () -> Void) -> Bool { abstract() }
}

extension Client {
    /// Runs what must block, such as a database's library, away from the client's event loop, and
    /// waits for what it returns.
    ///
    /// A few threads do this for the whole server. A job that has begun runs to its end: neither the
    /// deadline nor cancellation reaches it.
    ///
    /// - Throws: what `body` throws; ``ClientError/overloaded`` when too many jobs wait already.
    public func offLoop<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = perform(offLoop: {
                continuation.resume(with: Swift.Result { try body() })
            })
            if !isTaken { continuation.resume(throwing: ClientError.overloaded) }
        }
    }
}
