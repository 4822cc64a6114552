// An unstructured task does not get the client.
import HandlerAPI

struct Chat: Handler {
    static let name = "chat"
    static let summary = "a room"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        // error: passing closure as a 'sending' parameter risks causing data races
        Task { client.send("hello") }
        return .close
    }
}
