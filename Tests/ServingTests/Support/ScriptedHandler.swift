import HandlerAPI

/// A handler that does what its test says.
struct ScriptedHandler: Handler {
    typealias Script = @Sendable @concurrent (Client) async throws -> Afterwards

    static let name = "scripted"
    static let summary = "does what its test says"

    private let script: Script

    init(_ options: HandlerOptions) {
        self.init { _ in .close }
    }

    init(_ script: @escaping Script) {
        self.script = script
    }

    @concurrent func serve(_ client: Client) async throws -> Afterwards {
        try await script(client)
    }
}

extension Handler where Self == ScriptedHandler {
    /// Sends back what comes.
    static var echo: ScriptedHandler {
        ScriptedHandler { client in
            while try await client.read({ client.send($0) }) { try await client.flush() }
            return .close
        }
    }
}
