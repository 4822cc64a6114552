import ExampleSupport
import Foundation
import Testing

@Suite struct InServiceGroupTests {
    @Test func theCountIsSavedWhenTheClientsHaveFinished() async throws {
        let directory = try TemporaryDirectory()
        let file = directory("count")
        let program = try RunningExample("InServiceGroup") { port in ["127.0.0.1:\(port)", file] }
        let client = try await program.connect()
        #expect(try await client.ask("one") == "1")
        async let status = program.terminate()
        // In the drain, a connected client is still served.
        #expect(try await client.ask("two") == "2")
        try await client.endOutput()
        #expect(await status == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "2\n")
    }
}
