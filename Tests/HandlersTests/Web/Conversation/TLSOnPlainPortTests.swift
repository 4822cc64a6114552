import HandlerAPI
import HandlerTesting
import Testing

@testable import Handlers

/// A client that takes a plain port of the web for one of SSL.
@Suite struct TLSOnPlainPortTests {
    private func answer(_ bytes: [UInt8], tlsVersion: String? = nil) async throws -> ScriptedClient
    {
        let handler = try RedirectHandler(
            HandlerOptions(
                of: RedirectHandler.self, ["WebRedirectURL": "https://a.test/"]))
        var facts = ClientFacts()
        facts.tlsVersion = tlsVersion
        let client = ScriptedClient([.send(bytes), .end], facts: facts)
        _ = try await client.serve(with: handler)
        return client
    }

    @Test(arguments: [[22], [22, 3], [22, 3, 1, 0, 5, 1, 0, 0, 1, 0]] as [[UInt8]])
    func getsAnAlertThatItUnderstands(_ bytes: [UInt8]) async throws {
        let client = try await answer(bytes)
        // handshake_failure (RFC 8446, 6.2).
        #expect(client.output == [21, 3, 3, 0, 2, 2, 40])
        #expect(
            client.records.map(\.message) == [
                "a TLS handshake came to a plain port: https:// was asked of it"
            ])
    }

    @Test func whatIsNoHandshakeGetsAnAnswerOfHTTP() async throws {
        let cases: [([UInt8], String?)] = [
            ([22, 4], nil), ([21, 3, 1], nil), ([22, 3, 1], "TLSv1.3"),
        ]
        for (bytes, version) in cases {
            let client = try await answer(bytes, tlsVersion: version)
            #expect(client.text.hasPrefix("HTTP/1.1 400 "))
            #expect(client.records.isEmpty)
        }
    }
}
