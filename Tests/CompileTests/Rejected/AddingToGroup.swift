// The children of a task group do not get the client: alongside is for that.
import HandlerAPI

struct Chat: Handler {
    static let name = "chat"
    static let summary = "a room"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        await withTaskGroup(of: Void.self) { group in
            // error: passing closure as a 'sending' parameter risks causing data races
            group.addTask { client.send("hello") }
            // error: passing closure as a 'sending' parameter risks causing data races
            group.addTask { client.send("world") }
        }
        return .close
    }
}
