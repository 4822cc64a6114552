/// A host as its handler sees it apart from any client: what ``LastingHandler/start(_:)`` gets.
///
/// The server makes it; the class is open so that `HandlerTesting` can make one.
open class HostContext: @unchecked Sendable {
    // Sendable because kinds of it only read constants, or lock.

    /// For subclasses.
    public init() {}

    /// The tag of the host (`HostTag`).
    open var hostTag: String { abstract() }

    /// Writes a record about the host where the daemon's records go; see ``Client/log(_:_:)``.
    open func log(_ level: LogLevel, _ message: @autoclosure () -> String) { abstract() }

    /// Does work for the host beside its clients, such as looking whether a target is up.
    ///
    /// It runs on one of the event loops, so it never blocks. Its task is cancelled when the host
    /// ends: when the server stops, or a reload changes the host and its last client has gone.
    open func inBackground(_ work: @escaping @Sendable () async -> Void) { abstract() }

    /// Dials a target; to be called in the work of ``inBackground(_:)`` and in the start.
    ///
    /// Whoever dials ends the peer with ``DialedPeer/close()``.
    ///
    /// - Throws: ``DialError``; ``ClientError/cancelled``.
    open func connect(to target: DialTarget) async throws -> DialedPeer { abstract() }

    /// Waits in the work of ``inBackground(_:)`` or in the start, at most 135 ms longer than asked.
    ///
    /// In place of `Task.sleep(for:)`, which has threads of libdispatch keep the time; under the shipped
    /// unit those complain on standard error that they may not set their priority.
    ///
    /// - Throws: ``ClientError/cancelled`` when the work is to end.
    open func pause(for duration: Duration) async throws { abstract() }

    private func abstract(_ member: StaticString = #function) -> Never {
        preconditionFailure("a kind of HostContext must override \(member)")
    }
}
