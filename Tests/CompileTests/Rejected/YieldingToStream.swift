// A client does not get to another task through a stream.
import HandlerAPI

struct Chat: Handler {
    static let name = "chat"
    static let summary = "a room"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        let (_, clients) = AsyncStream.makeStream(of: Client.self)
        // error: sending 'client' risks causing data races
        clients.yield(client)
        return .close
    }
}
