public import ServiceLifecycle
public import SocketServer

/// A server as a service of a `ServiceGroup`.
///
/// ```swift
/// let group = ServiceGroup(
///     services: [database, SocketServerService(server)],
///     gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
///
/// A group shuts its services down in reverse order: the database of the example is asked to shut down when the
/// last client has been served.
public struct SocketServerService: Service {
    private let server: SocketServer

    /// Wraps a server, which may listen already.
    public init(_ server: SocketServer) {
        self.server = server
    }

    /// Listens, and serves until the graceful shutdown; then drains the server.
    ///
    /// It also returns when the server has ended for another reason. Cancellation disconnects all clients at
    /// once, in a drain too.
    ///
    /// - Throws: what `SocketServer.listen()` throws.
    public func run() async throws {
        try await withTaskCancellationHandler {
            try await cancelWhenGracefulShutdown { try await server.run() }
        } onCancel: {
            server.abort()
        }
    }
}
