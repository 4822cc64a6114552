// An error does not name a misspelt key.
import HandlerAPI

struct Greeting: Handler {
    static let name = "greeting"
    static let summary = "greets each client"
    static let patience = HandlerKey(
        "Patience", .duration(upTo: .seconds(60)), default: .seconds(5), help: "A time.")
    static let keys: [any DeclaredKey] = [patience]

    init(_ options: HandlerOptions) throws {
        // error: type 'Greeting' has no member 'pacience'
        throw HandlerOptionError(Self.pacience, "is too long")
    }

    func serve(_ client: Client) async throws -> Afterwards { .close }
}
