import Configuration
import EventLoops
import HandlerAPI
import TestSupport
import Testing

@testable import Serving

/// A server that goes from one state to the next while clients are there.
@Suite struct ChangingServerTests {
    typealias TestHost = ChangingServer.TestHost

    /// Says its word, then whether it drains for each byte.
    private static func teller(_ word: String) -> ScriptedHandler {
        ScriptedHandler { client in
            try await client.write(word)
            while try await client.read({ _ in }) {
                try await client.write(client.isDraining ? "d" : "s")
            }
            return .close
        }
    }

    private static func says(_ word: String, _ port: ReservedPort) throws -> PlainClient {
        let client = try PlainClient(to: "127.0.0.1", port: port.number)
        let heard = try client.receive(atLeast: word.utf8.count)
        #expect(String(decoding: heard, as: UTF8.self) == word)
        return client
    }

    private func drains(_ client: PlainClient) throws -> Bool {
        try client.send("?")
        return try client.receive(atLeast: 1) == [UInt8(ascii: "d")]
    }

    @Test func anUnchangedHostKeepsItsClientsAndCounters() throws {
        let ports = (try ReservedPort(), try ReservedPort())
        let kept = TestHost("Kept", Self.teller("kept"), port: ports.0)
        let server = try ChangingServer([kept])
        let client = try Self.says("kept", ports.0)
        for round in 1...20 {
            try server.serve([TestHost("New", Self.teller("new\(round)"), port: ports.1), kept])
            _ = try Self.says("new\(round)", ports.1)
        }
        #expect(try !drains(client))
        _ = try Self.says("kept", ports.0)
        let status = server.server.hosts
        #expect(status.map(\.section) == ["New", "Kept"])
        #expect(status[1].served == 2)
        try server.serve([kept])
        try waitUntil("the port is closed") {
            (try? PlainClient(to: "127.0.0.1", port: ports.1.number)) == nil
        }
        #expect(server.server.status.listeners == 1)
    }

    @Test func theClientsOfAChangedHostFinishUnderTheOldOne() throws {
        let port = try ReservedPort()
        let server = try ChangingServer([TestHost("A", Self.teller("old"), port: port)])
        let client = try Self.says("old", port)
        #expect(try !drains(client))
        try server.serve([TestHost("A", Self.teller("new"), port: port)])
        #expect(try drains(client))
        let other = try Self.says("new", port)
        #expect(try !drains(other))
        #expect(try drains(client))
        client.endOutput()
        #expect(try client.receiveAll() == [])
    }

    @Test func eachHostHasItsOwnTimeToDrain() throws {
        let ports = (try ReservedPort(), try ReservedPort(), try ReservedPort())
        let kept = TestHost("C", Self.teller("c"), port: ports.2)
        let server = try ChangingServer([
            TestHost("A", Self.teller("a"), port: ports.0, drainTimeout: .milliseconds(100)),
            TestHost("B", Self.teller("b"), port: ports.1, drainTimeout: .seconds(3_600)),
            kept,
        ])
        let clients = try [("a", ports.0), ("b", ports.1), ("c", ports.2)].map {
            try Self.says($0, $1)
        }
        try server.serve([kept])
        #expect((try? clients[0].receiveAll()) ?? [] == [])
        #expect(try drains(clients[1]))
        #expect(try !drains(clients[2]))
    }

    @Test func aServerThatStopsGivesEachHostItsTime() throws {
        let ports = (try ReservedPort(), try ReservedPort())
        let server = try ChangingServer([
            TestHost("A", Self.teller("a"), port: ports.0, drainTimeout: .milliseconds(100)),
            TestHost("B", Self.teller("b"), port: ports.1, drainTimeout: .seconds(3_600)),
        ])
        let clients = try [("a", ports.0), ("b", ports.1)].map { try Self.says($0, $1) }
        #expect(server.server.drainTimeout == .seconds(3_600))
        server.server.drain {}
        #expect((try? clients[0].receiveAll()) ?? [] == [])
        #expect(try drains(clients[1]))
    }

    @Test func aHostGoesDownAndUpAgain() throws {
        let port = try ReservedPort()
        let host = TestHost("A", Self.teller("up"), port: port, drainTimeout: .milliseconds(100))
        let server = try ChangingServer([host])
        let client = try Self.says("up", port)
        let trouble = HostTrouble(.certificate, "gone", at: host.settings.location)
        server.server.setStates([0: .down(trouble)])
        #expect((try? client.receiveAll()) ?? [] == [])
        #expect(server.server.hosts[0].state.trouble?.message == "gone")
        #expect(server.server.status.listeners == 0)
        let again = TestHost("A", Self.teller("again"), port: port)
        try waitUntil("the listener is closed, and opens again") {
            server.server.setStates([0: .up(again.host)])?.states[0].host != nil
        }
        _ = try Self.says("again", port)
    }

    @Test func whatHoldsForAllHostsCanChange() throws {
        let port = try ReservedPort()
        let server = try ChangingServer([TestHost("A", .echo, port: port)])
        let client = try PlainClient(to: "127.0.0.1", port: port.number)
        #expect(try client.echoes("hello"))
        server.server.apply(
            ChangingServer.options(maxClients: 1, banner: "welcome"), level: .error)
        try waitUntil("no second client is let in") {
            let other = try PlainClient(to: "127.0.0.1", port: port.number)
            return try other.receive(atLeast: 6) == Array("busy\r\n".utf8)
        }
        #expect(server.server.eventQueues.allSatisfy { !$0.wants(.warning) && $0.wants(.error) })
        #expect(try client.echoes("still here"))
        client.close()
        try waitUntil("the place is free") { server.server.status.clients == 0 }
        let next = try PlainClient(to: "127.0.0.1", port: port.number)
        #expect(try next.receive(atLeast: 7) == Array("welcome".utf8))
    }
}
