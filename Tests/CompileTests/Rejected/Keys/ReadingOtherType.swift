// A value has the type of its key.
import HandlerAPI

struct Greeting: Handler {
    static let name = "greeting"
    static let summary = "greets each client"
    static let patience = HandlerKey(
        "Patience", .duration(upTo: .seconds(60)), default: .seconds(5), help: "A time.")
    static let keys: [any DeclaredKey] = [patience]

    init(_ options: HandlerOptions) throws {
        // error: cannot convert value of type
        let time: Int = options[Self.patience]
        _ = time
    }

    func serve(_ client: Client) async throws -> Afterwards { .close }
}
