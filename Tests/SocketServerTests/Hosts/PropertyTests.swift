import NetworkTypes
import Planning
import Serving
import Testing

@testable import Configuration
@testable import SocketServer

/// Each key of the file is a property, with the same checks and errors.
@Suite struct PropertyTests {
    @Test(arguments: Schema.host.keys.filter { !$0.isReserved }.map(\.name))
    func aHostHasAPropertyForEachKey(_ key: String) {
        // `addresses` has any number.
        let known = IcsHost.keys.map(\.name) + ["BindIpAddr2"]
        #expect(known.contains(key))
    }

    @Test(arguments: Schema.server.keys.filter { !$0.isReserved }.map(\.name))
    func theOptionsHaveAPropertyForEachKey(_ key: String) {
        // Programs in code have no file, control socket or log.
        let known =
            SocketServer.Options.keys.map(\.name) + ["Include", "ControlSocket", "LogLevel"]
        #expect(known.contains(key))
    }

    @Test(arguments: Schema.target.keys.filter { !$0.isReserved }.map(\.name))
    func aTargetHasAPropertyForEachKey(_ key: String) {
        #expect((IcsHost.Target.keys.map(\.name) + ["HostTag"]).contains(key))
    }

    @Test func propertiesHaveKeys() {
        let names = Set(Schema.host.keys.map(\.name))
        #expect(names.isSuperset(of: IcsHost.keys.map(\.name)))
        let server = Set(Schema.server.keys.map(\.name))
        #expect(server.isSuperset(of: SocketServer.Options.keys.map(\.name)))
    }

    /// What a property is set to, with the line of a file for the same value.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let line: String
        let set: @Sendable (inout IcsHost) -> Void
        var testDescription: String { line }
    }

    static let mistakes = [
        Mistake(line: "FastOpen=70000") { $0.fastOpen = 70_000 },
        Mistake(line: "DrainTimeout=100000") { $0.drainTimeout = .seconds(100_000) },
        Mistake(line: "CertExpireDays=400") { $0.certificateExpireDays = 400 },
        Mistake(line: "KeepAlive=0:1:1") { $0.keepAlive = .every(idle: 0, interval: 1, count: 1) },
        Mistake(line: "BindNonPort=no-such-service") { $0.plainPort = "no-such-service" },
        Mistake(line: "BindIpAddr=localhost") { $0.addresses = ["localhost"] },
        Mistake(line: "Hosts=a_.example..org") { $0.names = ["a_.example..org"] },
        Mistake(line: "UnixOwner=a:b:c") { $0.unixOwner = "a:b:c" },
        Mistake(line: "Handler=ech") { $0.handler = .named("ech") },
        Mistake(line: "NoSuchKey=1") { $0["NoSuchKey"] = "1" },
        Mistake(line: "SslAlpnProtocols=a,*") {
            $0.sslPort = 0
            $0.applicationProtocols = ["a", "*"]
        },
    ]

    /// The message about a mistake is that of the same line in a file.
    @Test(arguments: mistakes)
    func mistakesHaveTheMessagesOfAFile(_ mistake: Mistake) throws {
        var host = IcsHost(["a.test"], on: ["127.0.0.1"], plain: 0, handler: .named("echo"))
        mistake.set(&host)
        let code = PlannedHosts([host], .init(), at: CodePlace(file: "a", line: 1, column: 1))
        var lines = [
            "Hosts": "Hosts=a.test", "BindIpAddr": "BindIpAddr=127.0.0.1",
            "BindNonPort": "BindNonPort=auto", "Handler": "Handler=echo",
            "HostEnabled": "HostEnabled=True",
        ]
        if host.sslPort != nil { lines["BindSslPort"] = "BindSslPort=auto" }
        let key = try #require(mistake.line.split(separator: "=").first)
        lines[String(key)] = mistake.line
        let text = "[IcsHost1]\n" + lines.values.joined(separator: "\n") + "\n"
        let file = PlannedHosts(
            LoadedConfiguration(
                bytes: Array(text.utf8), file: "a", handlers: code.registry.declarations),
            registry: code.registry)
        func messages(_ planned: PlannedHosts) -> Set<String> {
            // The name of a handler is checked when its host is prepared.
            Set(planned.diagnostics.sorted().map(\.message))
        }
        #expect(messages(code) == messages(file))
        #expect(code.diagnostics.hasErrors == (mistake.line != "Handler=ech"))
    }

    @Test func aMistakeHasThePlaceOfItsHost() throws {
        var host = IcsHost(on: ["127.0.0.1"], plain: 0, handler: .named("echo"))
        let line = #line - 1
        host.deferAccept = -1
        let planned = PlannedHosts([host], .init(), at: CodePlace(file: "a", line: 1, column: 1))
        let mistake = try #require(planned.diagnostics.sorted().first)
        #expect(mistake.location.file.hasSuffix("PropertyTests.swift"))
        #expect(mistake.location.line == line)
    }

    @Test(arguments: [
        (Duration.seconds(5), "5"), (.milliseconds(1_500), "1500ms"), (.microseconds(1), "1ms"),
    ])
    func aTimeIsNeverShortened(_ time: Duration, _ text: String) {
        #expect(time.settingText == text)
    }

    @Test func aPortIsANumberOrAService() {
        #expect(("https" as Port).settingText == "443")
        #expect(("8080" as Port) == .number(8_080))
        #expect((0 as Port).settingText == "auto")
        #expect(("no-such-service" as Port).settingText == "no-such-service")
    }

    @Test func hostsWithoutATagAreIdentifiedByPosition() {
        let hosts = [
            EchoHost.host(), EchoHost.host(tag: "Ä"), EchoHost.host(tag: "Ä"), EchoHost.host(),
        ]
        let planned = PlannedHosts(hosts, .init(), at: CodePlace(file: "a", line: 1, column: 1))
        #expect(
            planned.plan.hosts.map(\.section) == [
                "IcsHost1", "IcsHost tag-", "IcsHost tag--2", "IcsHost2",
            ])
        #expect(planned.plan.hosts.map(\.tag) == ["IcsHost1", "Ä", "Ä", "IcsHost2"])
        #expect(!planned.diagnostics.hasErrors)
    }
}
