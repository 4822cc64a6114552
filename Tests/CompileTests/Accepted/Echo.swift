// The shortest handler.
import HandlerAPI

struct Echo: Handler {
    static let name = "echo"
    static let summary = "sends back what it gets"

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        while try await client.read({ bytes in client.send(bytes) }) { try await client.flush() }
        return .close
    }
}
