internal import Daemon
internal import Glibc
internal import HandlerAPI
internal import Handlers

/// icshostd with a handler that does what none may: it keeps its loop.
@main enum Main {
    static func main() { Daemon.run(handlers: BuiltinHandlers.all + [BlockingHandler.self]) }
}

/// Blocks its loop for good when its client says so.
struct BlockingHandler: Handler {
    static let name = "blocking"
    static let summary = "blocks its loop at the first byte"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        _ = try await client.read { _ in }
        while true { _ = pause() }
    }
}
