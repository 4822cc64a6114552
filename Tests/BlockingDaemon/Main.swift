internal import Glibc
internal import HandlerAPI
internal import Handlers
internal import SocketServerDaemon
internal import TestSupport

/// A program of its own, with handlers that do what none may: they keep their loop; and one that hands its clients to
/// built-in ones.
@main enum Main {
    static func main() {
        Daemon.run(
            handlers: BuiltinHandlers.all + [
                BlockingHandler.self, StartBlockingHandler.self, StopBlockingHandler.self,
                SortingHandler.self,
            ], program: DaemonProgram(name: "blocking-daemon", version: "2.3.4"))
    }
}

/// Blocks its loop for good when its client sends something.
struct BlockingHandler: Handler {
    static let name = "blocking"
    static let summary = "blocks its loop at the first byte"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        _ = try await client.read { _ in }
        blockForGood()
    }
}

/// Blocks its loop for good when it starts.
struct StartBlockingHandler: LastingHandler {
    static let name = "blocking-start"
    static let summary = "blocks its loop when it starts"

    init(_ options: HandlerOptions) {}

    func start(_ host: HostContext) async throws {
        host.log(.notice, "blocks")
        blockForGood()
    }

    func serve(_ client: Client) async throws -> Afterwards { .close }
}

/// Blocks its loop for good when it stops.
struct StopBlockingHandler: LastingHandler {
    static let name = "blocking-stop"
    static let summary = "blocks its loop when it stops"

    init(_ options: HandlerOptions) {}

    func start(_ host: HostContext) async throws { host.log(.notice, "runs") }

    func stop() async { blockForGood() }

    func serve(_ client: Client) async throws -> Afterwards { .close }
}

private func blockForGood() -> Never {
    while true { _ = pause() }
}
