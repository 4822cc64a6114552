// A key is not named by its text.
import HandlerAPI

struct Greeting: Handler {
    static let name = "greeting"
    static let summary = "greets each client"
    static let patience = HandlerKey(
        "Patience", .duration(upTo: .seconds(60)), default: .seconds(5), help: "A time.")
    static let keys: [any DeclaredKey] = [patience]

    init(_ options: HandlerOptions) throws {
        // error: cannot convert
        let time: Duration = options["Patience"]
        _ = time
    }

    func serve(_ client: Client) async throws -> Afterwards { .close }
}
