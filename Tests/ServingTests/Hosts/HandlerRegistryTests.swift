import HandlerAPI
import Testing

@testable import Serving

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
