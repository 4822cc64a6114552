// A Sendable value holds no client.
import HandlerAPI

struct Member: Sendable {
    // error: stored property 'client' of 'Sendable'-conforming struct 'Member' has non-Sendable type
    let client: Client
}

struct Chat: Handler {
    static let name = "chat"
    static let summary = "a room"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        _ = Member(client: client)
        return .close
    }
}
