public import HandlerAPI

/// Greets each name that a client sends.
public struct Greeting: Handler {
    /// Its name in Handler=.
    public static let name = "greeting"
    /// A line for the manual page and the sample configuration.
    public static let summary = "greets each name that a client sends"
    /// Its keys; the daemon checks their values first.
    public static let keys: [any DeclaredKey] = [greeting, patience]
    private static let greeting = HandlerKey(
        "Greeting", .text, default: "Hello", help: "The word before the name.")
    private static let patience = HandlerKey(
        "Patience", .duration(upTo: .seconds(3_600)), default: .seconds(60),
        help: "How long a client may take to send a name.")

    private let word: String
    private let patience: Duration

    /// Creates the handler of one host.
    ///
    /// - Parameter options: the values of its keys.
    /// - Throws: an error of one of them; "check" reports its place.
    public init(_ options: HandlerOptions) throws {
        word = options[Self.greeting]
        patience = options[Self.patience]
        guard !word.contains("\n") else {
            throw HandlerOptionError(Self.greeting, "must be one line")
        }
    }

    /// Serves one client, from its first byte to its last.
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
