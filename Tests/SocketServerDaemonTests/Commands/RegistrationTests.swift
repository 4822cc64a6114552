import HandlerAPI
import SocketServerDaemon
import Testing

/// What a program does whose handlers have mistakes of the programmer.
@Suite struct RegistrationTests {
    private struct Broken: Handler {
        static let name = "broken"
        static let summary = "has a key of [Server]"
        static let keys: [any DeclaredKey] = [
            HandlerKey("Workers", .boolean, default: false, help: "Has the name of another key.")
        ]

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards { .close }
    }

    @Test func theProgramNamesHandlerAndKeyAndExits() async {
        let result = await #expect(
            processExitsWith: .exitCode(70), observing: [\.standardErrorContent]
        ) {
            Daemon.run(handlers: [Broken.self])
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(
            message.contains(
                "handler \"broken\": the key Workers is one of [Server]: choose another name"))
    }
}
