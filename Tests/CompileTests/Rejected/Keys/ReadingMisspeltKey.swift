// A misspelt key has no value.
import HandlerAPI

struct Greeting: Handler {
    static let name = "greeting"
    static let summary = "greets each client"
    static let patience = HandlerKey(
        "Patience", .duration(upTo: .seconds(60)), default: .seconds(5), help: "A time.")
    static let keys: [any DeclaredKey] = [patience]

    private let time: Duration

    init(_ options: HandlerOptions) throws {
        // error: no member 'pacience'
        time = options[Self.pacience]
    }

    func serve(_ client: Client) async throws -> Afterwards { .close }
}
