internal import HandlerAPI

/// A handler that calls a closure, which decides what happens to the client.
struct ClosureHandler: Handler {
    static let name = "closure"
    static let summary = "calls a closure of the program"

    private let body: @Sendable @concurrent (Client) async throws -> Afterwards

    init(_ body: @escaping @Sendable @concurrent (Client) async throws -> Afterwards) {
        self.body = body
    }

    init(_ options: HandlerOptions) throws {
        throw HandlerOptionError("a closure has no name in a file")
    }

    @concurrent func serve(_ client: Client) async throws -> Afterwards {
        try await body(client)
    }
}

/// A handler that calls a closure, then closes the connection.
struct ClosingHandler: Handler {
    static let name = ClosureHandler.name
    static let summary = ClosureHandler.summary

    private let body: @Sendable @concurrent (Client) async throws -> Void

    init(_ body: @escaping @Sendable @concurrent (Client) async throws -> Void) {
        self.body = body
    }

    init(_ options: HandlerOptions) throws {
        throw HandlerOptionError("a closure has no name in a file")
    }

    @concurrent func serve(_ client: Client) async throws -> Afterwards {
        try await body(client)
        return .close
    }
}
