import Configuration
import HandlerAPI
import TLS
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

    /// Waits until the server ends an idle client: nothing more is sent to it, and its end is no reset.
    private func isCutAtRest(_ client: PlainClient) throws -> Bool {
        let end = try client.receiveToEnd()
        return end.bytes.isEmpty && end.isWhole
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
        #expect(try isCutAtRest(clients[0]))
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
        #expect(try isCutAtRest(clients[0]))
        #expect(try drains(clients[1]))
    }

    @Test func aHostGoesDownAndUpAgain() throws {
        let port = try ReservedPort()
        let host = TestHost("A", Self.teller("up"), port: port, drainTimeout: .milliseconds(100))
        let server = try ChangingServer([host])
        let client = try Self.says("up", port)
        let trouble = HostTrouble(.certificate, "gone", at: host.settings.location)
        server.server.serve(server.server.opened.replacing([0: .down(trouble)]))
        #expect(try isCutAtRest(client))
        #expect(server.server.hosts[0].state.trouble?.message == "gone")
        #expect(server.server.status.listeners == 0)
        let again = TestHost("A", Self.teller("again"), port: port)
        try waitUntil("the listener is closed, and opens again") {
            try server.serve([again])
            return server.server.opened.states[0].host != nil
        }
        _ = try Self.says("again", port)
    }

    @Test func anotherCertificateIsForNewClientsOnly() throws {
        let (directory, port) = (try TemporaryDirectory(), try ReservedPort())
        let (first, second) = (
            try ChangingServer.identity("a.test", in: directory),
            try ChangingServer.identity("b.test", in: directory)
        )
        let host = TestHost("A", Self.teller("a"), port: port, identity: first)
        let server = try ChangingServer([host])
        let early = try TLSClient(to: "127.0.0.1", port: port.number)
        #expect(try early.receive(atLeast: 1) == Array("a".utf8))
        // Accepted before the change, on one of the loops, and shakes hands after.
        let silent = try (0..<4).map { _ in try PlainClient(to: "127.0.0.1", port: port.number) }
        try waitUntil("five clients") { server.server.status.clients == 5 }
        try server.serve([host.with(identity: second)])
        for client in silent {
            let client = try TLSClient(over: client, name: nil)
            #expect(client.serverCertificate == "/CN=b.test")
            #expect(try client.receive(atLeast: 1) == Array("a".utf8))
        }
        #expect(early.serverCertificate == "/CN=a.test")
        try early.send("?")
        #expect(try early.receive(atLeast: 1) == [UInt8(ascii: "s")])
        #expect(server.server.hosts[0].served == 5)
    }

    @Test func aClientThatUpgradesLateMeetsWhatHoldsThen() throws {
        let (directory, port) = (try TemporaryDirectory(), try ReservedPort())
        let identities = try ["a.test", "b.test"].map {
            try ChangingServer.identity($0, in: directory)
        }
        let handler = ScriptedHandler { client in
            try await client.write("a")
            _ = try await client.read { _ in }
            try await client.write("go on")
            try await client.startTLS(unread: 0)
            try await client.write("tls")
            return .close
        }
        let host = TestHost(
            "A", handler, port: port, identity: identities[0], offersTLS: true)
        let server = try ChangingServer([host])
        let plain = try Self.says("a", port)
        try server.serve([host.with(identity: identities[1])])
        try plain.send("?")
        #expect(try plain.receive(atLeast: 5) == Array("go on".utf8))
        let client = try TLSClient(over: plain, name: nil)
        #expect(client.serverCertificate == "/CN=b.test")
        #expect(try client.receiveText() == "tls")
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
