internal import HandlerAPI

/// Sends back what it gets (RFC 862).
struct EchoHandler: Handler {
    static let name = "echo"
    static let summary = "sends back what it gets (RFC 862)"
    static let startsAtRest = true

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        while try await client.read({ bytes in client.send(bytes) }) { try await client.flush() }
        return .close
    }
}
