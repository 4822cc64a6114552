// A child task of async let does not get the client.
import HandlerAPI

struct Chat: Handler {
    static let name = "chat"
    static let summary = "a room"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        // error: sending 'client' risks causing data races
        async let flushed: Void = client.flush()
        client.send("hello")
        try await flushed
        return .close
    }
}
