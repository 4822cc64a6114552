import ExampleSupport
import Testing

/// The program, with clients.
@Suite struct ProgramTests {
    /// A daemon with one host.
    private static func greeting(_ keys: String = "") throws -> RunningDaemon {
        try RunningDaemon("greeting") { port in
            """
            [Host1]
            Hosts=*
            BindIpAddr=127.0.0.1
            BindNonPort=\(port)
            BindSslPort=auto
            AuthSslCmd=True
            Handler=greeting
            Greeting=Good day
            \(keys)
            """
        }
    }

    @Test func greetsAPlainClient() async throws {
        let daemon = try Self.greeting()
        let client = try await daemon.connect()
        #expect(try await client.ask("Ada") == "Good day, Ada!")
        try await client.endOutput()
        #expect(try await client.readLine() == nil)
        #expect(await daemon.terminate() == 0)
    }

    @Test func encryptsWhenAsked() async throws {
        let daemon = try Self.greeting("AuthForceSsl=True")
        let client = try await daemon.connect()
        #expect(try await client.ask("Ada") == "STARTTLS first")
        #expect(try await client.ask("STARTTLS") == "go ahead")
        try await client.startTLS(TLSSettings(serverName: "greeting.test"))
        #expect(try await client.ask("Ada") == "Good day, Ada!")
    }

    @Test func disconnectsASilentClient() async throws {
        let daemon = try Self.greeting("Patience=100ms")
        let client = try await daemon.connect()
        // With a reset: the greeting is cut short.
        await #expect(throws: TestClientError.self) { try await client.readLine() }
    }
}
