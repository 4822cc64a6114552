import ExampleSupport
import Testing

@Suite struct OwnKeysTests {
    private let vault: RunningExample

    init() throws {
        vault = try RunningExample("OwnKeys") { port in ["127.0.0.1", "\(port)", "sesame"] }
    }

    @Test func thePasswordIsNotTakenInTheClear() async throws {
        let client = try await vault.connect()
        #expect(try await client.ask("PASS sesame") == "530 STARTTLS first")
        #expect(try await client.ask("STARTTLS") == "220 go ahead")
        try await client.startTLS(TLSSettings(serverName: "vault.example"))
        #expect(try await client.ask("PASS sesame") == "200 42")
    }

    @Test func aClientHasThreeAttempts() async throws {
        let client = try await vault.connect()
        #expect(try await client.ask("STARTTLS") == "220 go ahead")
        try await client.startTLS(TLSSettings(serverName: "vault.example"))
        for _ in 1...3 { #expect(try await client.ask("PASS guess") == "535 no") }
        #expect(try await client.readLine() == nil)
    }
}
