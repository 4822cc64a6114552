import HandlerAPI
import HandlerTesting
import NetworkTypes
import Testing

@testable import Handlers

/// The handlers of the small protocols.
@Suite struct BasicHandlerTests {
    @Test func echoSendsBackWhatItGets() async throws {
        let client = ScriptedClient([.send("a"), .expect("a"), .send("bc"), .end])
        let outcome = try await client.serve(
            with: EchoHandler(HandlerOptions(of: EchoHandler.self)))
        #expect(outcome.isClosed && client.text == "abc")
    }

    @Test func discardSendsNothingAndEndsWithItsClient() async throws {
        let handler = DiscardHandler(try HandlerOptions(of: DiscardHandler.self))
        for last in [ScriptStep.end, .drain] {
            let client = ScriptedClient([.send("a"), .send("b"), last])
            #expect(try await client.serve(with: handler).isClosed)
            #expect(client.output.isEmpty)
        }
    }

    @Test func chargenTurnsItsPatternUntilTheDrain() async throws {
        let client = ScriptedClient([.stopTaking, .pass(.seconds(1)), .takeAgain, .drain])
        let handler = ChargenHandler(try HandlerOptions(of: ChargenHandler.self))
        #expect(try await client.serve(with: handler).isClosed)
        let lines = client.text.split(separator: "\r\n")
        #expect(lines.count.isMultiple(of: 95) && lines.allSatisfy { $0.utf8.count == 72 })
        #expect(
            lines[0].hasPrefix(" !\"#$") && lines[1].hasPrefix("!\"#$%") && lines[95] == lines[0])
    }

    @Test func timeIsFourBytesSince1900() async throws {
        let client = ScriptedClient()
        let outcome = try await client.serve(
            with: TimeHandler(HandlerOptions(of: TimeHandler.self)))
        #expect(outcome.isClosed && client.output.count == 4)
        let seconds = client.output.reduce(0) { $0 << 8 | Int($1) }
        // RFC 868: 2,208,988,800 is 1970-01-01.
        let now = (WallClock.secondsSince1970 + 2_208_988_800) % (1 << 32)
        #expect((now - 5...now).contains(seconds))
    }

    @Test func daytimeIsALine() async throws {
        let client = ScriptedClient()
        let handler = DaytimeHandler(try HandlerOptions(of: DaytimeHandler.self))
        #expect(try await client.serve(with: handler).isClosed)
        #expect(client.text.hasSuffix("-UTC\r\n"))
    }
}
