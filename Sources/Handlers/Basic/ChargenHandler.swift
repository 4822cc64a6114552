internal import HandlerAPI

/// Sends lines of printable characters until the client goes (RFC 864).
struct ChargenHandler: Handler {
    static let name = "chargen"
    static let summary = "sends lines of characters until the client goes (RFC 864)"

    /// One turn of the pattern: 95 lines of 72 characters, each line one character further.
    private static let pattern: [UInt8] = (0..<95).flatMap { line in
        (0..<72).map { UInt8(32 + (line + $0) % 95) } + [13, 10]
    }

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        while !client.isDraining { try await client.write(ChargenHandler.pattern) }
        return .close
    }
}
