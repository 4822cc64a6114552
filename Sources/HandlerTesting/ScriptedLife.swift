internal import HandlerAPI
internal import Platform

/// Ends what still waits in a ``ScriptedServer``, when nothing refers to the server and its clients any more.
///
/// A task that waits keeps itself and its client: without an end, each test would leave some.
final class ScriptedLife: Sendable {
    private let loop: VirtualLoop
    private let host: ScriptedHost
    private let connections = Lock<[ScriptedConnection]>([])

    /// The jobs that tasks get to end.
    private static let lastJobs = 10_000

    init(_ loop: VirtualLoop, _ host: ScriptedHost) {
        self.loop = loop
        self.host = host
    }

    deinit {
        host.cancel()
        for connection in connections.withLock({ $0 }) where connection.outcome == nil {
            connection.cut()
        }
        loop.run(atMost: ScriptedLife.lastJobs)
    }

    func add(_ connection: ScriptedConnection) { connections.withLock { $0.append(connection) } }
}
