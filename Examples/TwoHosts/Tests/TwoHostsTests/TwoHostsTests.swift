import ExampleSupport
import Testing

@Suite struct TwoHostsTests {
    private let authority: TestAuthority
    private let hosts: RunningExample

    init() throws {
        let authority = try TestAuthority()
        try authority.issue("red.example")
        try authority.issue("blue.example")
        self.authority = authority
        hosts = try RunningExample("TwoHosts") { port in
            ["127.0.0.1", "\(port)", authority.directory.path]
        }
    }

    @Test(arguments: ["red.example", "blue.example"])
    func aClientGetsTheHostThatItNames(_ name: String) async throws {
        let client = try await hosts.connect(tls: TLSSettings(serverName: name))
        #expect(try await client.serverCertificateName() == name)
        #expect(try await client.readLine() == "welcome to \(name)")
        #expect(try await client.readLine() == nil)
    }

    @Test func anUnknownNameIsRefused() async throws {
        await #expect(throws: TestClientError.self) {
            try await hosts.connect(tls: TLSSettings(serverName: "green.example"))
        }
    }
}
