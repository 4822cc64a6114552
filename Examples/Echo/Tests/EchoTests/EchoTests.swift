import ExampleSupport
import Testing

@Suite struct EchoTests {
    @Test func echoesToEachClient() async throws {
        let echo = try RunningExample("Echo") { port in ["127.0.0.1:\(port)"] }
        let (one, other) = (try await echo.connect(), try await echo.connect())
        try await one.send("one\n")
        #expect(try await other.ask("other") == "other")
        #expect(try await one.readLine() == "one")
        try await one.endOutput()
        #expect(try await one.readLine() == nil)
    }
}
