import ExampleSupport
import Testing

@Suite struct TcpSrvTests {
    private static func tcpSrv() throws -> RunningExample {
        try RunningExample("TcpSrv") { port in ["127.0.0.1:\(port)"] }
    }

    /// A client that has read the banner.
    private static func client(of tcpSrv: RunningExample) async throws -> TestClient {
        let client = try await tcpSrv.connect()
        #expect(try await client.readLine() == "Welcome to TcpSrv")
        return client
    }

    @Test func answersCommands() async throws {
        let tcpSrv = try Self.tcpSrv()
        let client = try await Self.client(of: tcpSrv)
        #expect(try await client.ask("help") == "help time who exit exception")
        #expect(try await client.ask("TIME")?.contains("20") == true)
        #expect(try await client.ask("dance") == "Unknown command: dance")
        try await client.send("exit\r\n")
        #expect(try await client.readLine() == nil)
    }

    @Test func listsItsClients() async throws {
        let tcpSrv = try Self.tcpSrv()
        let first = try await Self.client(of: tcpSrv)
        let second = try await Self.client(of: tcpSrv)
        _ = try await first.ask("help")
        #expect(try await second.ask("who") == "There are 2 clients")
        let lines = [try await second.readLine(), try await second.readLine()]
        #expect(lines.allSatisfy { $0?.hasSuffix(" 1 commands") == true }, "\(lines)")
    }

    @Test func logsEvents() async throws {
        let tcpSrv = try Self.tcpSrv()
        let client = try await Self.client(of: tcpSrv)
        #expect(await tcpSrv.outputLine(containing: "connected") != nil)
        try await client.send("exception\r\n")
        #expect(await tcpSrv.outputLine(containing: "failed: CommandError()") != nil)
    }
}
