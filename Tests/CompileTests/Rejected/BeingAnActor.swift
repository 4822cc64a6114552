// A handler is no actor: it would serve its clients on another thread than theirs.
import HandlerAPI

actor Chat: Handler {
    static let name = "chat"
    static let summary = "a room"

    init(_ options: HandlerOptions) {}

    // error: non-Sendable parameter type 'Client' cannot be sent from caller of protocol requirement 'serve'
    func serve(_ client: Client) async throws -> Afterwards { .close }
}
