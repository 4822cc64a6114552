public import HandlerAPI

/// Greets each name that a client sends.
public struct Greeting: Handler {
    public static let name = "greeting"
    public static let summary = "greets each name that a client sends"
    public static let keys = [
        HandlerKey("Greeting", .text, default: "Hello", help: "the word before the name"),
        HandlerKey(
            "Patience", .duration(upTo: .seconds(3_600)), default: "1m",
            help: "how long a client may take for a name"),
    ]

    private let word: String
    private let patience: Duration

    public init(_ options: HandlerOptions) throws {
        word = options.text("Greeting")
        patience = options.duration("Patience")
        guard !word.contains("\n") else {
            throw HandlerOptionError("Greeting", "must be one line")
        }
    }

    public func serve(_ client: Client) async throws -> Afterwards {
        client.setDeadline(after: patience)
        while let name = try await client.readLine(upTo: 100) {
            client.log(.debug, "greets \(name)")
            try await client.write("\(word), \(name)!\r\n")
            client.setDeadline(after: patience)
        }
        return .close
    }
}
