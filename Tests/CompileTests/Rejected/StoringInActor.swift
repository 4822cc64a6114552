// A client does not get to an actor.
import HandlerAPI

actor Room {
    private var members: [Client] = []

    func add(_ client: Client) { members.append(client) }
}

struct Chat: Handler {
    static let name = "chat"
    static let summary = "a room"
    private let room = Room()

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        // error: sending 'client' risks causing data races
        await room.add(client)
        return .close
    }
}
