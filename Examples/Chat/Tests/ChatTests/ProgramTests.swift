import ExampleSupport
import Testing

/// The program, with clients.
@Suite struct ProgramTests {
    private static func chat() throws -> RunningDaemon {
        try RunningDaemon("chat") { port in
            """
            [Host1]
            Hosts=*
            BindIpAddr=127.0.0.1
            BindNonPort=\(port)
            BindSslPort=auto
            AuthSslCmd=True
            Handler=chat
            """
        }
    }

    /// A client in the room.
    private static func member(_ name: String, of chat: RunningDaemon) async throws -> TestClient {
        let client = try await chat.connect()
        #expect(try await client.readLine() == "200 welcome")
        #expect(try await client.ask("NICK \(name)") == "201 you are \(name)")
        return client
    }

    @Test func membersTalk() async throws {
        let chat = try Self.chat()
        let ada = try await Self.member("ada", of: chat)
        let grace = try await Self.member("grace", of: chat)
        #expect(try await ada.readLine() == "* grace came")
        try await grace.send("SAY hello\r\n")
        #expect(try await ada.readLine() == "<grace> hello")
        #expect(try await ada.ask("WHO") == "202 ada grace")
        try await grace.endOutput()
        #expect(try await ada.readLine() == "* grace left")
    }

    @Test func aMemberIsKicked() async throws {
        let chat = try Self.chat()
        let ada = try await Self.member("ada", of: chat)
        let grace = try await Self.member("grace", of: chat)
        #expect(try await grace.ask("KICK joan") == "401 nobody of that name")
        #expect(try await grace.ask("KICK ada") == "203 kicked ada")
        #expect(try await grace.readLine() == "* ada left")
        #expect(try await ada.readLine() == "* grace came")
        #expect(try await ada.readLine() == nil)
    }

    @Test func aMemberMayEncrypt() async throws {
        let chat = try Self.chat()
        let client = try await chat.connect()
        #expect(try await client.readLine() == "200 welcome")
        #expect(try await client.ask("STARTTLS") == "220 go ahead")
        try await client.startTLS(TLSSettings(serverName: "chat.test"))
        #expect(try await client.ask("NICK ada") == "201 you are ada")
    }
}
