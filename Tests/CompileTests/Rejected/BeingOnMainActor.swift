// A handler is not on the main actor.
import HandlerAPI

@MainActor
// error: conformance of 'Chat' to protocol 'Handler' crosses into main actor-isolated code
final class Chat: Handler {
    static let name = "chat"
    static let summary = "a room"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards { .close }
}
