package import HandlerAPI
internal import Handlers

/// Looks at the first four bytes of a client: `GET ` is for `web`, all else for another handler.
package struct SortingHandler: Handler {
    package static let name = "sorting"
    package static let summary = "serves GET with web, and the rest with another handler"
    package static let keys: [any DeclaredKey] =
        BuiltinHandlers.keys(of: "web") + [rest, program]
    package static let traits = HandlerTraits(usesTargets: true, extraDescriptors: 1)

    private static let rest = HandlerKey(
        "Rest", .text, default: "echo", help: "The handler of the other clients.")
    private static let program = HandlerKey(
        "Program", .text, default: "", help: "What the handler exec runs.")

    private let web: any Handler
    private let rest: any Handler

    package init(_ options: HandlerOptions) throws {
        web = try options.handler(named: "web")
        let name = options[Self.rest]
        rest =
            name == "exec"
            ? try options.handler(named: name, ["exec": options[Self.program]])
            : try options.handler(named: name)
    }

    /// The handlers of a host in code.
    package init(web: any Handler, rest: any Handler) {
        (self.web, self.rest) = (web, rest)
    }

    package func serve(_ client: Client) async throws -> Afterwards {
        var isGet = false
        _ = try await client.peek(atLeast: 4) { bytes in
            isGet = (0..<4).allSatisfy { bytes[$0] == Array("GET ".utf8)[$0] }
        }
        return .delegate(to: isGet ? web : rest)
    }
}
