import HandlerAPI
import HandlerTesting
import Testing

@testable import ChatHandler

@Suite struct ChatTests {
    private static func chat(_ texts: [String: String] = [:]) throws -> Chat {
        Chat(try HandlerOptions(of: Chat.self, texts))
    }

    @Test func aClientNeedsAName() async throws {
        let client = ScriptedClient([
            .send("SAY hello\n"), .send("NICK ada\nWHO\nQUIT\n"),
        ])
        let outcome = try await client.serve(with: Self.chat())
        #expect(outcome.isClosed)
        #expect(client.text == "200 welcome\r\n451 NICK first\r\n201 you are ada\r\n202 ada\r\n")
    }

    @Test func threeClientsTalk() throws {
        let server = ScriptedServer(try Self.chat())
        let (ada, grace, joan) = (server.connect(), server.connect(), server.connect())
        try ada.play(.send("NICK ada\n"), .expect("200 welcome\r\n201 you are ada\r\n"))
        try grace.play(.send("NICK grace\n"))
        try ada.play(.expect("* grace came\r\n"), .send("SAY hello\n"))
        try grace.play(.expect("200 welcome\r\n201 you are grace\r\n<ada> hello\r\n"))
        try joan.play(.send("NICK joan\nWHO\n"))
        try joan.play(.expect("200 welcome\r\n201 you are joan\r\n202 ada grace joan\r\n"))
        try grace.play(.disconnect("Connection reset by peer"))
        try ada.play(.expect("* joan came\r\n* grace left\r\n"), .send("QUIT\n"))
        #expect(ada.outcome?.isClosed == true)
        #expect(joan.text.hasSuffix("* grace left\r\n* ada left\r\n"))
    }

    @Test func membersHearEachOther() throws {
        let room = Room(limit: 2)
        let (ada, grace) = (ScriptedClient(), ScriptedClient())
        #expect(room.enter(ada.client.handle, as: "ada"))
        #expect(room.enter(grace.client.handle, as: "grace"))
        room.broadcast("<grace> hello", except: grace.client.handle)
        room.leave("grace")
        #expect(ada.text == "* grace came\r\n<grace> hello\r\n* grace left\r\n")
        #expect(grace.text == "")
        #expect(room.names == ["ada"])
    }

    @Test func aNameIsTakenOnce() {
        let room = Room(limit: 10)
        #expect(room.enter(ScriptedClient().client.handle, as: "ada"))
        #expect(!room.enter(ScriptedClient().client.handle, as: "ada"))
    }

    @Test func aRoomHasALimit() {
        let room = Room(limit: 1)
        #expect(room.enter(ScriptedClient().client.handle, as: "ada"))
        #expect(!room.enter(ScriptedClient().client.handle, as: "grace"))
    }

    @Test func whatCameBeforeTLSDoesNotCount() async throws {
        var facts = ClientFacts()
        facts.offersTLS = true
        facts.requiresTLS = true
        let client = ScriptedClient(
            [.send("NICK ada\n"), .send("STARTTLS\n"), .send("NICK ada\nQUIT\n")], facts: facts)
        _ = try await client.serve(with: Self.chat())
        #expect(client.text.contains("530 STARTTLS first\r\n220 go ahead\r\n201 you are ada"))
        let attacked = ScriptedClient([.send("STARTTLS\nNICK mallory\n")], facts: facts)
        let outcome = try await attacked.serve(with: Self.chat())
        #expect(outcome.error as? ClientError == .pipelinedBeforeTLS)
    }
}
