// A client does not get to the main actor.
import HandlerAPI

@MainActor enum Screen {
    static var last: Client?
}

struct Chat: Handler {
    static let name = "chat"
    static let summary = "a room"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        // error: sending 'client' risks causing data races
        await MainActor.run { Screen.last = client }
        return .close
    }
}
