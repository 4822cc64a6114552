import HandlerAPI
import HandlerTesting
import Testing

/// What a scripted client tells of handlers that do not end.
@Suite struct ScriptedClientTests {
    private struct Upgrader: Handler {
        static let name = "upgrader"
        static let summary = "begins TLS and takes a handshake that fails for a deadline"

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards {
            do { try await client.startTLS() } catch ClientError.timedOut { return .close }
            return .abort
        }
    }

    private struct Persistent: Handler {
        static let name = "persistent"
        static let summary = "reads on after a deadline, or an end"

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards {
            client.setDeadline(after: .seconds(1))
            while true {
                do { _ = try await client.read { _ in } } catch ClientError.timedOut { continue }
            }
        }
    }

    private struct Sender: Handler {
        static let name = "sender"
        static let summary = "sends bytes of every form"

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards {
            let bytes: [UInt8] = Array("abc".utf8)
            client.send(bytes)
            client.send(bytes.dropFirst())
            client.send(bytes.lazy.map { $0 - 32 })
            client.send("text")
            client.send(bytes.span)
            try await client.write(bytes.suffix(1))
            return .close
        }
    }

    @Test func bytesAreSentInEveryForm() async throws {
        let client = ScriptedClient()
        let outcome = try await client.serve(with: Sender(HandlerOptions(of: Sender.self)))
        #expect(outcome.isClosed)
        #expect(client.text == "abcbcABCtextabcc")
    }

    @Test func aHandshakeThatStallsIsNoDeadline() async throws {
        var facts = ClientFacts()
        facts.offersTLS = true
        let client = ScriptedClient([.stallHandshake], facts: facts)
        let outcome = try await client.serve(with: Upgrader(HandlerOptions(of: Upgrader.self)))
        #expect(outcome.error as? ClientError == .handshakeTimedOut)
        let other = ScriptedClient(facts: facts)
        let aborted = try await other.serve(with: Upgrader(HandlerOptions(of: Upgrader.self)))
        guard case .aborted = aborted else { throw ScriptFailureExpected() }
    }

    private struct ScriptFailureExpected: Error {}

    @Test(arguments: [[ScriptStep.pass(.seconds(2))], [.end]])
    func aHandlerThatGoesRoundFailsItsTest(_ script: [ScriptStep]) async throws {
        await #expect(throws: ScriptFailure.self) {
            try await ScriptedClient(script).serve(
                with: Persistent(HandlerOptions(of: Persistent.self)))
        }
    }
}
