// A global variable holds no client.
import HandlerAPI

// error: var 'last' is not concurrency-safe
var last: Client?

struct Chat: Handler {
    static let name = "chat"
    static let summary = "a room"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        last = client
        return .close
    }
}
