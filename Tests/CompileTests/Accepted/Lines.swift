// A handler that rests, answers without a task where it can, and sends bytes of every form.
import HandlerAPI

struct Lines: Handler {
    static let name = "lines"
    static let summary = "answers each line"
    static let startsAtRest = true

    init(_ options: HandlerOptions) {}

    func serveAtOnce(_ client: Client) throws -> ServedAtOnce? {
        switch try client.readArrived({ bytes in client.send(bytes) }) {
        case .bytes where client.needsFlush:
            return .goOn { client in
                try await finish(client)
                return .rest
            }
        case .bytes, .nothing: return .done(.rest)
        case .end: return .done(.close)
        @unknown default: return nil
        }
    }

    func serve(_ client: Client) async throws -> Afterwards {
        client.send("text ")
        client.send([1, 2, 3])
        client.send([1, 2, 3].lazy.map { $0 + 1 })
        client.send([1, 2, 3].dropFirst())
        client.send([1, 2, 3].span)
        try await finish(client)
        return .rest
    }

    private func finish(_ client: Client) async throws { try await client.flush() }
}
