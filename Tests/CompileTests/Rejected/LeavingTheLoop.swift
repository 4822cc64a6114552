// Work off the loop does not get the client.
import HandlerAPI

struct Chat: Handler {
    static let name = "chat"
    static let summary = "a room"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        // error: capture of 'client' with non-Sendable type 'Client' in a '@Sendable' closure
        try await client.offLoop { client.send("hello") }
        return .close
    }
}
