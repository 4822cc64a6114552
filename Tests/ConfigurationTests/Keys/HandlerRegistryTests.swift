import HandlerAPI
import Testing

@testable import Configuration

@Suite struct HandlerRegistryTests {
    private struct Mixed: Handler {
        static let name = "MyEcho"
        static let summary = "has a name with capitals"

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards { .close }
    }

    private struct Lower: Handler {
        static let name = "myecho"
        static let summary = "replaces the other"

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards { .close }
    }

    private struct Broken: Handler {
        static let name = "broken"
        static let summary = "has a default that is out of range"
        static let keys: [any DeclaredKey] = [
            HandlerKey("Count", .integer(0...9), default: 10, help: "A number.")
        ]

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards { .close }
    }

    @Test func aMistakeOfTheProgrammerTrapsAtTheRegistration() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = HandlerRegistry([Broken.self])
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("handler \"broken\": the default of the key Count"))
    }

    @Test(arguments: ["MyEcho", "myecho", "MYECHO"])
    func aHandlerIsFoundInAnyCase(_ name: String) {
        #expect(HandlerRegistry([Mixed.self])[name] is Mixed.Type)
    }

    @Test func ofTwoWithOneNameTheLaterOneCounts() {
        let registry = HandlerRegistry([Mixed.self, Lower.self])
        #expect(registry["MyEcho"] is Lower.Type)
        #expect(registry.all.count == 1)
    }
}
