import Configuration
import Planning
import Platform
import SocketServer
import TestSupport
import Testing

@testable import Serving
@testable import SocketServerDaemon

/// Jobs, and the branches of a transition that no scenario can force.
@Suite struct ReloaderTests {
    private typealias Act = ActingHandler.Act

    private static func host(
        _ section: String, _ port: ReservedPort, word: String = "hello",
        handler: String = "Handler=acting"
    ) -> String {
        """
        [Host \(section)]
        Hosts=\(section.lowercased()).test
        BindIpAddr=127.0.0.1
        BindNonPort=\(port.number)
        \(handler)
        Word=\(word)

        """
    }

    @Test func aStartThatFindsMistakesChangesNothing() throws {
        let server = try ReloadingServer("[Host A]\nHandler=acting\nBindNonPort=none-such\n")
        #expect(try !server.start().isGood)
        #expect(server.server.opened.states.isEmpty)
    }

    @Test func reloadsThatAreRequestedWhileOneRunsShareTheNext() throws {
        let (port, act) = (try ReservedPort(), Act(.succeeds))
        let server = try ReloadingServer(Self.host("A", port, word: "1"))
        try #require(server.start().isGood)
        // The first job waits in the start of a handler.
        act.set(.hangs)
        let other = try ReservedPort()
        try server.write(
            Self.host("A", port, word: "2") + Self.host("B", other, handler: act.settings))
        let first = server.request { $0.reload($1) }
        try waitUntil("the first job") { act.starts == 1 }
        try server.write(Self.host("A", port, word: "3"))
        let next = (0..<2).map { _ in server.request { $0.reload($1) } }
        let preview = server.request { $0.preview($1) }
        #expect(first.withLock { $0 == nil })
        server.stop()
        for outcome in next + [first, preview] {
            try waitUntil("an answer") { outcome.withLock { $0 != nil } }
            #expect(outcome.withLock { $0?.isGood } == false)
        }
        #expect(try server.greeting(on: port) == "1")
    }

    @Test func aReloadDuringTheStartFollowsIt() throws {
        let (port, act) = (try ReservedPort(), Act(.ignoresCancellation))
        let server = try ReloadingServer(
            Self.host("A", port, word: "1", handler: act.settings))
        let start = server.request { $0.start($1) }
        try waitUntil("the start") { act.starts == 1 }
        try server.write(Self.host("A", port, word: "2"))
        let reloads = (0..<2).map { _ in server.request { $0.reload($1) } }
        act.release()
        for outcome in [start] + reloads {
            try waitUntil("an outcome") { outcome.withLock { $0 != nil } }
            #expect(outcome.withLock { $0?.isGood } == true)
        }
        #expect(server.reloader.running.generation == 2)
        #expect(try server.greeting(on: port) == "2")
    }

    /// systemd sends both for one `systemctl reload`.
    @Test func aSignalAndACommandAreOneReload() throws {
        let port = try ReservedPort()
        let server = try ReloadingServer(Self.host("A", port))
        try #require(server.start().isGood)
        let outcome = try server.outcome { reloader, completion in
            reloader.reloadOnSignal()
            reloader.reload(completion)
        }
        #expect(outcome.isGood)
        // A second one would run before this.
        #expect(try server.preview().isGood)
        #expect(server.reloader.running.generation == 2)
    }

    @Test func aFileThatCannotBeReadChangesNothing() throws {
        let port = try ReservedPort()
        let server = try ReloadingServer(Self.host("A", port))
        try #require(server.start().isGood)
        let outcome = try server.reload("[Host A]\nBindNonPort=x\n")
        #expect(!outcome.isGood)
        #expect(outcome.text.hasSuffix("reload failed: nothing has changed\n"))
        #expect(server.reloader.running.generation == 1)
        #expect(try server.statusLine().hasPrefix("reload failed at "))
        #expect(try server.greeting(on: port) == "hello")
        #expect(try server.reload(Self.host("A", port)).isGood)
        #expect(try server.statusLine().hasPrefix("1 of 1 host up"))
    }

    @Test func aReloadThatWouldTakeAllHostsDownChangesNothing() throws {
        let (port, taken) = (try ReservedPort(), try ReservedPort(isListening: true))
        let server = try ReloadingServer(Self.host("A", port))
        try #require(server.start().isGood)
        let outcome = try server.reload(Self.host("B", taken))
        #expect(!outcome.isGood)
        #expect(outcome.text.contains("no host would be left to serve"))
        #expect(try server.greeting(on: port) == "hello")
    }

    @Test func aPortThatIsTakenKeepsTheOldVersion() throws {
        let (port, taken) = (try ReservedPort(), try ReservedPort(isListening: true))
        let server = try ReloadingServer(Self.host("A", port, word: "old"))
        try #require(server.start().isGood)
        let outcome = try server.reload(Self.host("A", taken, word: "new"))
        #expect(outcome.isGood)
        #expect(outcome.leftOut.map(\.isOutdated) == [true])
        #expect(server.server.opened.outdated[SectionID("Host A")]?.kind == .taken)
        #expect(try server.greeting(on: port) == "old")
        #expect(server.server.opened.endpoints.count == 1)
    }

    private static func tlsHost(
        _ section: String, name: String, _ port: ReservedPort, handler: String = "Handler=acting"
    ) -> String {
        """
        [Host \(section)]
        Hosts=\(name).test
        BindIpAddr=127.0.0.1
        BindSslPort=\(port.number)
        \(handler)

        """
    }

    /// The old version clashes with another host, which has its name now.
    @Test func anOldVersionThatClashesIsDown() throws {
        let port = try ReservedPort()
        let server = try ReloadingServer(
            Self.tlsHost("A", name: "a", port) + Self.tlsHost("B", name: "b", port))
        try #require(server.start().isGood)
        let outcome = try server.reload(
            Self.tlsHost("A", name: "c", port, handler: "Handler=none-such")
                + Self.tlsHost("B", name: "a", port))
        #expect(outcome.isGood)
        #expect(outcome.leftOut.map(\.host.section) == ["Host A"])
        #expect(outcome.leftOut.map(\.isOutdated) == [false])
        #expect(server.up == ["Host B"])
    }

    /// Of many that clash, the first ones are tried one by one; the rest are down.
    @Test func onlySoManyOldVersionsAreTriedOneByOne() throws {
        let (count, port) = (StateTransition.triesAlone + 2, try ReservedPort())
        func hosts(_ prefix: String, handler: String) -> String {
            (1...count).map {
                Self.tlsHost("h\($0)", name: "\(prefix)\($0)", port, handler: handler)
            }.joined()
        }
        let server = try ReloadingServer(
            hosts("old", handler: "Handler=acting") + Self.tlsHost("Last", name: "last", port))
        try #require(server.start().isGood)
        let outcome = try server.reload(
            hosts("new", handler: "Handler=none-such") + Self.tlsHost("Last", name: "old1", port))
        #expect(outcome.isGood)
        let outdated = server.server.opened.outdated
        #expect(outdated[SectionID("Host H1")] == nil)
        #expect(outdated.count == StateTransition.triesAlone - 1)
        #expect(server.up.count == outdated.count + 1)
    }

    /// A new host that could serve its plain clients only is trouble, too.
    @Test func aNewHostThatWouldBeDegradedChangesNothingWhereNoneMay() throws {
        let ports = (try ReservedPort(), try ReservedPort(), try ReservedPort())
        let server = try ReloadingServer("OnHostError=fail\n" + Self.host("A", ports.0))
        try #require(server.start().isGood)
        let outcome = try server.reload(
            "OnHostError=fail\n" + Self.host("A", ports.0)
                + Self.host(
                    "B", ports.1,
                    handler:
                        "BindSslPort=\(ports.2.number)\nSslCert=/etc/hostname\nHandler=acting"
                ))
        #expect(!outcome.isGood)
        #expect(server.up == ["Host A"])
    }

    /// A section is the same in any case and with any number of blanks.
    @Test(arguments: [("Host B", "HOST b"), ("Host  B", "Host B"), ("Host B", "Host  B")])
    func aHostWhoseSectionIsSpelledDifferentlyKeepsItsClients(
        _ old: String, _ new: String
    ) throws {
        let (port, act) = (try ReservedPort(), Act(.succeeds))
        func file(_ section: String) -> String {
            Self.host("B", port, word: "", handler: act.settings).replacing(
                "[Host B]", with: "[\(section)]")
        }
        let server = try ReloadingServer(file(old))
        try #require(server.start().isGood)
        let client = try PlainClient(to: "127.0.0.1", port: port.number)
        try client.send("1")
        #expect(try client.receive(atLeast: 1) == Array("1".utf8))
        let outcome = try server.reload(file(new))
        #expect(outcome.text.hasSuffix("reloaded: no changes\n"))
        #expect(server.server.hosts.map(\.clients) == [1])
        try client.send("2")
        #expect(try client.receive(atLeast: 1) == Array("2".utf8))
        #expect((act.starts, act.stops) == (1, 0))
        // Its records name it as before, and so does its state, until it changes.
        #expect(server.server.hosts.map(\.tag) == [old])
        #expect(server.server.hosts.map(\.section) == [old])
        #expect(try server.preview().preview?.difference.changed == [])
        #expect(try server.reload(file(new) + "Descr=changed\n").isGood)
        #expect(server.server.hosts.map(\.tag) == [new])
        #expect(server.server.opened.states[0].host?.tag == new)
    }

    @Test func aPreviewChangesNothing() throws {
        let (ports, act) = ((try ReservedPort(), try ReservedPort()), Act(.succeeds))
        let server = try ReloadingServer(Self.host("A", ports.0))
        try #require(server.start().isGood)
        try server.write(Self.host("B", ports.1, handler: act.settings))
        let preview = try server.preview().preview
        #expect(preview?.difference.added.count == 1)
        #expect(preview?.serving == [0])
        #expect(act.starts == 0)
        #expect(server.up == ["Host A"])
    }

    @Test func aRetryNeedsNoFile() throws {
        let (port, taken) = (try ReservedPort(), try ReservedPort())
        var other: ForeignListener? = try ForeignListener(taken)
        let server = try ReloadingServer(Self.host("A", port) + Self.host("B", taken))
        try #require(server.start().isGood)
        #expect(server.up == ["Host A"])
        try server.write("[broken")
        #expect(other != nil)
        other = nil
        try waitUntil("the retry") { server.up == ["Host A", "Host B"] }
        #expect(server.reloader.running.generation == 1)
    }
}
