import GreetingHandler
import HandlerAPI
import HandlerTesting
import Testing

@Suite struct GreetingTests {
    @Test func greetsEachName() async throws {
        let handler = try Greeting(HandlerOptions(of: Greeting.self, ["Greeting": "Good day"]))
        let client = ScriptedClient([
            .send("Ada\r\nGra"), .expect("Good day, Ada!\r\n"), .send("ce\n"), .end,
        ])
        let outcome = try await client.serve(with: handler)
        #expect(outcome.isClosed)
        #expect(client.text == "Good day, Ada!\r\nGood day, Grace!\r\n")
    }

    @Test func aSilentClientTimesOut() async throws {
        let handler = try Greeting(HandlerOptions(of: Greeting.self))
        let client = ScriptedClient([.send("Ad"), .pass(.seconds(61)), .send("a\n")])
        let outcome = try await client.serve(with: handler)
        #expect(outcome.error as? ClientError == .timedOut)
        #expect(client.text == "")
    }
}
