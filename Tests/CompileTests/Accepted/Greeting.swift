// A handler with a key of each type, helpers of its own, and a deadline.
import HandlerAPI

struct Greeting: Handler {
    enum Style: String, CaseIterable {
        case plain, polite
    }

    static let name = "greeting"
    static let summary = "greets each name that a client sends"
    static let style = HandlerKey("Style", .choice, default: Style.plain, help: "A word.")
    static let patience = HandlerKey(
        "Patience", .duration(upTo: .seconds(60)), default: .seconds(5), help: "A time.")
    static let folder = HandlerKey("Folder", .path, default: nil, help: "A directory.")
    static let keys: [any DeclaredKey] = [style, patience, folder]

    private let style: Style
    private let patience: Duration

    init(_ options: HandlerOptions) throws {
        style = options[Self.style]
        patience = options[Self.patience]
        if options[Self.folder] == nil {
            throw HandlerOptionError(Self.folder, isMistake: false, "is missing")
        }
    }

    func serve(_ client: Client) async throws -> Afterwards {
        client.setDeadline(after: patience)
        for try await name in client.lines(upTo: 100) {
            try await greet(name, client)
            client.setDeadline(after: patience)
        }
        return .close
    }

    private func greet(_ name: String, _ client: Client) async throws {
        client.corked {
            client.send(style == .polite ? "Good day, " : "Hello, ")
            client.send("\(name)!\r\n")
        }
        try await client.flush()
    }
}
