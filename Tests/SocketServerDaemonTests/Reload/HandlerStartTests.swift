import Configuration
import HandlerAPI
import NetworkTypes
import Platform
import TestSupport
import Testing

@testable import Serving
@testable import SocketServerDaemon

/// Handlers that do not start, at a start, at a reload and at a retry: the server's state is the only one.
@Suite struct HandlerStartTests {
    private typealias Act = ActingHandler.Act

    private static func host(
        _ section: String, _ port: ReservedPort, _ act: Act? = nil, word: String = "hello"
    ) -> String {
        """
        [Host \(section)]
        Hosts=\(section.lowercased()).test
        BindIpAddr=127.0.0.1
        BindNonPort=\(port.number)
        \(act?.settings ?? "Handler=acting\n")Word=\(word)

        """
    }

    private static func refusesClients(_ port: ReservedPort) -> Bool {
        (try? PlainClient(to: "127.0.0.1", port: port.number)) == nil
    }

    /// What fails: the start throws, or takes too long.
    @Test(arguments: [ActingHandler.Act.Start.fails, .hangs])
    func aFailedStartLeavesItsHostDownUntilARetrySucceeds(
        _ failure: ActingHandler.Act.Start
    ) throws {
        let (ports, act) = ((try ReservedPort(), try ReservedPort()), Act(failure))
        let server = try ReloadingServer(
            Self.host("A", ports.0, act) + Self.host("B", ports.1),
            startTime: .milliseconds(200))
        try #require(server.start().isGood)
        #expect(server.up == ["Host B"])
        #expect(server.server.opened.states[0].trouble?.kind == .handler)
        #expect(Self.refusesClients(ports.0))
        #expect(try server.greeting(on: ports.1) == "hello")
        let line = try server.statusLine()
        #expect(line.hasPrefix("1 of 2 hosts up, 1 listener"))
        #expect(line.contains("Host A: its handler "))
        try waitUntil("a retry that fails") { act.starts >= 2 }
        act.set(.succeeds)
        try waitUntil("a retry that succeeds") { server.up == ["Host A", "Host B"] }
        #expect(try server.greeting(on: ports.0) == "hello")
        #expect(try server.statusLine().hasPrefix("2 of 2 hosts up, 2 listeners"))
    }

    @Test func aSharedEndpointStaysOpenForTheHostThatStarted() throws {
        let (port, act) = (try ReservedPort(), Act(.fails))
        let hosts = ["A", "B"].map { section in
            """
            [Host \(section)]
            Hosts=\(section.lowercased()).test
            BindIpAddr=127.0.0.1
            BindSslPort=\(port.number)
            \(section == "A" ? act.settings : "Handler=acting\n")Word=\(section)

            """
        }
        let server = try ReloadingServer(hosts.joined())
        try #require(server.start().isGood)
        #expect(server.up == ["Host B"])
        #expect(server.server.opened.endpoints.count == 1)
        let client = try TLSClient(to: "127.0.0.1", port: port.number, name: "b.test")
        #expect(try client.receiveText() == "B")
        #expect(throws: (any Error).self) {
            try TLSClient(to: "127.0.0.1", port: port.number, name: "a.test").receiveText()
        }
    }

    @Test func atAReloadTheOldVersionKeepsRunning() throws {
        let (port, old, new) = (try ReservedPort(), Act(.succeeds), Act(.fails))
        let server = try ReloadingServer(Self.host("A", port, old, word: "old"))
        try #require(server.start().isGood)
        let outcome = try server.reload(Self.host("A", port, new, word: "new"))
        #expect(outcome.isGood)
        #expect(outcome.leftOut.map(\.isOutdated) == [true])
        #expect(server.server.opened.outdated[SectionID("Host A")]?.kind == .handler)
        #expect(try server.greeting(on: port) == "old")
        #expect(try server.statusLine().hasPrefix("1 of 1 host up, 1 with previous settings"))
        #expect(old.stops == 0)
        new.set(.succeeds)
        try waitUntil("a retry that succeeds") { server.server.opened.outdated.isEmpty }
        // The loops get the new state one after the other.
        try waitUntil("the new host") { try server.greeting(on: port) == "new" }
        try waitUntil("the old handler stops") { old.stops == 1 }
    }

    /// A job holds no loop: the supervisor answers, and the hosts that are up serve.
    @Test func whileAHandlerHangsTheServerAnswers() throws {
        let (ports, act) = ((try ReservedPort(), try ReservedPort()), Act(.ignoresCancellation))
        let server = try ReloadingServer(Self.host("B", ports.1), startTime: .seconds(60))
        try #require(server.start().isGood)
        try server.write(Self.host("A", ports.0, act) + Self.host("B", ports.1))
        let outcome = server.request { $0.reload($1) }
        try waitUntil("the start") { act.starts == 1 }
        #expect(try server.statusLine().hasPrefix("1 of 1 host up"))
        #expect(try server.greeting(on: ports.1) == "hello")
        #expect(outcome.withLock { $0 == nil })
        server.stop()
        #expect(outcome.withLock { $0?.isGood } == false)
        act.release()
        try waitUntil("the stop") { act.stops == 1 }
    }

    @Test func aHandlerThatNeverEndsItsStartIsNotStartedTwice() throws {
        let (ports, act) = ((try ReservedPort(), try ReservedPort()), Act(.ignoresCancellation))
        let text = Self.host("A", ports.0, act) + Self.host("B", ports.1)
        let server = try ReloadingServer(text, startTime: .milliseconds(100))
        try #require(server.start().isGood)
        #expect(try server.reload(text).isGood)
        #expect(act.starts == 1)
        #expect(
            server.server.opened.states[0].trouble?.message
                == "its handler still hangs in an earlier start")
        act.set(.succeeds)
        act.release()
        try waitUntil("a retry that succeeds") { server.up == ["Host A", "Host B"] }
        #expect(act.starts == 2)
    }

    @Test func anotherHandlerStartsWhileTheOldOneHangsInItsStart() throws {
        let (ports, act) = ((try ReservedPort(), try ReservedPort()), Act(.ignoresCancellation))
        let (broken, other) = (Self.host("A", ports.0, act), Self.host("B", ports.1))
        let server = try ReloadingServer(broken + other, startTime: .milliseconds(100))
        try #require(server.start().isGood)
        #expect(server.up == ["Host B"])
        let repaired = broken.split(separator: "\n").filter { line in
            !["Handler=", "Act=", "Word="].contains { line.hasPrefix($0) }
        }.joined(separator: "\n")
        #expect(try server.reload(repaired + "\nHandler=prompt\n" + other).isGood)
        #expect(server.up == ["Host A", "Host B"])
        #expect(try server.greeting(on: ports.0) == "prompt")
        act.release()
    }

    @Test func aStartThatMayNotDegradeStopsTheHandlersThatStarted() throws {
        let (ports, acts) = (
            (try ReservedPort(), try ReservedPort()), (Act(.fails), Act(.succeeds))
        )
        let server = try ReloadingServer(
            "OnHostError=fail\n" + Self.host("A", ports.0, acts.0)
                + Self.host("B", ports.1, acts.1))
        #expect(try !server.start().isGood)
        #expect(server.server.opened.states.isEmpty)
        try waitUntil("both have stopped") { acts.0.stops == 1 && acts.1.stops == 1 }
        try waitUntil("the listeners are closed") { Self.refusesClients(ports.1) }
    }

    @Test func aReloadThatMayNotDegradeChangesNothing() throws {
        let (ports, acts) = (
            (try ReservedPort(), try ReservedPort()), (Act(.fails), Act(.succeeds))
        )
        let server = try ReloadingServer(
            "OnHostError=fail\n" + Self.host("A", ports.0, word: "old"))
        try #require(server.start().isGood)
        let outcome = try server.reload(
            "OnHostError=fail\n" + Self.host("A", ports.0, acts.0, word: "new")
                + Self.host("B", ports.1, acts.1))
        #expect(!outcome.isGood)
        #expect(outcome.text.contains("its handler did not start: overloaded"))
        #expect(server.up == ["Host A"])
        #expect(try server.greeting(on: ports.0) == "old")
        #expect(Self.refusesClients(ports.1))
        try waitUntil("both have stopped") { acts.0.stops == 1 && acts.1.stops == 1 }
    }

    @Test func aStopInterruptsAStart() throws {
        let (port, act) = (try ReservedPort(), Act(.hangs))
        let server = try ReloadingServer(Self.host("A", port, act), startTime: .seconds(3_600))
        let outcome = server.request { $0.start($1) }
        try waitUntil("the start") { act.starts == 1 }
        server.stop()
        #expect(outcome.withLock { $0?.isGood } == false)
        #expect(server.server.opened.states.isEmpty)
        try waitUntil("the handler stops") { act.stops == 1 }
    }

    @Test func aStartThatServesNobodyFails() throws {
        let (port, act) = (try ReservedPort(), Act(.fails))
        let server = try ReloadingServer(Self.host("A", port, act))
        #expect(try !server.start().isGood)
        #expect(server.server.opened.states.isEmpty)
    }
}
