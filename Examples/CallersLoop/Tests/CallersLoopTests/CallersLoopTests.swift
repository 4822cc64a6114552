import ExampleSupport
import Testing

@Suite struct CallersLoopTests {
    @Test func clientsAreServedOnTheMainThread() async throws {
        let program = try RunningExample("CallersLoop") { port in ["127.0.0.1:\(port)"] }
        let (one, other) = (try await program.connect(), try await program.connect())
        #expect(try await one.ask("hello") == "hello, served on the main thread")
        #expect(try await other.ask("hello") == "hello, served on the main thread")
        program.type("to all\n")
        #expect(try await one.readLine() == "to all")
        #expect(try await other.readLine() == "to all")
        try await one.endOutput()
        try await other.endOutput()
        program.endInput()
        #expect(await program.exitStatus() == 0)
    }
}
