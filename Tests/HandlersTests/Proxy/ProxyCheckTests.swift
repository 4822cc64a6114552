import HandlerAPI
import HandlerTesting
import Testing

@testable import Handlers

/// Targets that are checked while no client comes (`TarCheck`).
@Suite struct ProxyCheckTests {
    private static func handler(
        _ texts: [String: String], _ targets: [TargetOptions]
    ) throws -> ProxyHandler {
        try ProxyHandler(HandlerOptions(of: ProxyHandler.self, texts, targets: targets))
    }

    private static func target(_ host: String, port: UInt16 = 80) -> TargetOptions {
        TargetOptions(section: "Target \(host)", host: host, port: port)
    }

    @Test func aTargetIsConnectedToAgainAndAgain() async throws {
        let handler = try Self.handler(
            ["TarCheck": "5s", "TarFall": "2", "TarRise": "1"], [Self.target("a")])
        let host = ScriptedHost()
        handler.start(host)
        await host.runBackground(pauses: 3)
        #expect(host.tried == ["a:80", "a:80", "a:80"])
        #expect(host.pauses == [.seconds(5), .seconds(5), .seconds(5)])
        #expect(handler.targets.map(\.state) == [.down])
        #expect(host.records.map(\.message) == ["target a:80 is down: Connection refused"])
        host.answer("a:80", with: [.end])
        handler.start(host)
        await host.runBackground(pauses: 1)
        #expect(handler.targets.map(\.state) == [.up])
        #expect(host.records.last?.message == "target a:80 is up again")
    }

    @Test func withoutTheKeyNothingRunsInTheBackground() async throws {
        let host = ScriptedHost()
        try Self.handler(["TarCheck": "0"], [Self.target("a")]).start(host)
        await host.runBackground(pauses: 1)
        #expect(host.tried.isEmpty)
    }

    @Test func aTargetWithThePortOfItsClientsCannotBeChecked() async throws {
        let host = ScriptedHost()
        let targets = [Self.target("a", port: 0), Self.target("b")]
        try Self.handler(["TarCheck": "1s"], targets).start(host)
        await host.runBackground(pauses: 1)
        #expect(host.tried == ["b:80"])
    }

    @Test(arguments: [("none", ""), ("v1", "PROXY UNKNOWN\r\n")])
    func aCheckIsNotTakenForAClient(_ version: String, _ header: String) async throws {
        let host = ScriptedHost()
        host.answer("a:80", with: [.end])
        try Self.handler(["TarCheck": "1s", "SendProxy": version], [Self.target("a")]).start(host)
        await host.runBackground(pauses: 1)
        #expect(host.peers.map(\.text) == [header])
    }

    /// The command LOCAL of version 2.
    @Test func aCheckOfVersionTwoIsLocal() async throws {
        let host = ScriptedHost()
        host.answer("a:80", with: [.end])
        try Self.handler(["TarCheck": "1s", "SendProxy": "v2"], [Self.target("a")]).start(host)
        await host.runBackground(pauses: 1)
        #expect(host.peers[0].output.count == 16)
        #expect(host.peers[0].output.suffix(4) == [0x20, 0, 0, 0])
    }
}
