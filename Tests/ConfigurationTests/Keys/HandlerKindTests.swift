import Configuration
import HandlerAPI
import NetworkTypes
import Testing

/// The kinds of keys that handlers have beyond plain values, and keys that ICS has too.
@Suite struct HandlerKindTests {
    private static let documents = HandlerKey(
        "WebDocDir", .path, default: nil, help: "a key of ICS")
    private static let all = [
        HandlerDeclaration(name: "echo"),
        HandlerDeclaration(
            name: "web",
            keys: [
                HandlerKey("Root", .path, default: nil, help: "a path"),
                HandlerKey("Names", .list, default: ["a", "b"], help: "a list"),
                HandlerKey("Header", .texts, default: [], help: "texts"),
                HandlerKey("Peer", .hostPort, default: nil, help: "a machine"),
                HandlerKey("Cache", .size(upTo: 1 << 30), default: 1 << 20, help: "bytes"),
                HandlerKey("Umask", .mode, default: 0o022, help: "permissions"),
                documents,
                HandlerKey(
                    "KeepAliveTimeSec", .integer(0...86_400), default: 10,
                    help: "a key of ICS that the server may have"),
            ], traits: HandlerTraits(impliedBy: [.keys(documents)])),
    ]

    private static let host =
        "[Host1]\nHosts=a.test\nBindIpAddr=::1\nBindNonPort=7\nHostEnabled=1\n"

    private func load(_ text: String) -> LoadedConfiguration {
        LoadedConfiguration(bytes: Array(text.utf8), file: "c", handlers: Self.all)
    }

    private func load(hostLines lines: String) -> LoadedConfiguration {
        load(Self.host + "Handler=web\n" + lines)
    }

    private func value(_ key: String, _ loaded: LoadedConfiguration) -> HandlerOptions.Value? {
        loaded.settings.hosts.first?.handlerOptions[key]?.value
    }

    private func messages(_ loaded: LoadedConfiguration) -> [String] {
        loaded.diagnostics.sorted().map(\.description)
    }

    @Test(arguments: [
        ("", "Root", HandlerOptions.Value.text("")),
        ("root=/srv/a", "Root", .text("/srv/a")),
        ("", "Names", .list(["a", "b"])),
        ("Names= x ,, y z", "Names", .list(["x", "y z"])),
        ("", "Header", .list([])),
        ("Header=A: 1, 2\nHEADER=B: 3", "Header", .list(["A: 1, 2", "B: 3"])),
        ("Header=\nHeader=B: 3", "Header", .list(["B: 3"])),
        ("", "Peer", .text("")),
        ("Peer=b.test:80", "Peer", .hostPort(HostPort(host: "b.test", port: 80))),
        ("Peer=[::1]:80", "Peer", .hostPort(HostPort(host: "::1", port: 80))),
        ("", "Cache", .integer(1 << 20)),
        ("Cache=64k", "Cache", .integer(65_536)),
        ("Cache=1G", "Cache", .integer(1 << 30)),
        ("", "Umask", .mode(0o22)),
        ("Umask=077", "Umask", .mode(0o77)),
    ])
    func readsEachKind(_ line: String, _ key: String, _ expected: HandlerOptions.Value) {
        let loaded = load(hostLines: line + "\n")
        #expect(messages(loaded) == [])
        #expect(value(key, loaded) == expected)
    }

    @Test(arguments: [
        (
            "Peer=b.test", 6,
            "Peer must be a name or address with a port, such as example.org:80 or "
                + "[2001:db8::1]:80, not \"b.test\""
        ),
        (
            "Peer=::1:80", 6,
            "Peer must be a name or address with a port, such as example.org:80 or "
                + "[2001:db8::1]:80, not \"::1:80\""
        ),
        (
            "Cache=2G", 7,
            "Cache must be a number of bytes up to 1073741824, or with K, M or G, not \"2G\""
        ),
        ("Umask=8", 7, "Umask must be an octal number from 000 to 777, such as 0660, not \"8\""),
    ])
    func tellsWhatIsNoSuchValue(_ line: String, _ column: Int, _ message: String) {
        #expect(messages(load(hostLines: line + "\n")) == ["c:7:\(column): error: \(message)"])
    }

    @Test func onlyRepeatableKeysMayBeGivenTwice() {
        let loaded = load(hostLines: "Header=a\nNames=a\nHeader=b\nNames=b\n")
        #expect(
            messages(loaded) == [
                "c:10:1: error: Names is given twice\nc:8:1: note: first given here"
            ])
    }

    @Test func eachItemHasItsPlace() throws {
        let host = try #require(
            load(hostLines: "Names=x, y\nHeader=a\nHeader=b\n").settings.hosts.first)
        let names = try #require(host.handlerOptions["Names"])
        let headers = try #require(host.handlerOptions["Header"])
        #expect((0...1).map { "\(names.place(ofItem: $0))" } == ["c:7:7", "c:7:10"])
        #expect((0...1).map { "\(headers.place(ofItem: $0))" } == ["c:8:8", "c:9:8"])
        #expect("\(headers.place(ofItem: nil))" == "c:8:8")
    }

    @Test func pathsOfWindowsAreMappedOrAreATroubleOfTheHost() {
        let mapped = load(
            "[PathMap]\nC:\\web=/srv\n" + Self.host + "Handler=web\nRoot=c:\\Web\\a\n")
        #expect(value("Root", mapped) == .text("/srv/a"))
        let unmapped = load(hostLines: "Root=D:\\a\n")
        #expect(messages(unmapped) == [])
        #expect(
            unmapped.settings.hosts.first?.troubles.map(\.message) == [
                "Root is a Windows path: add the line D:\\a=/etc/icshostd/a to "
                    + "[PathMap], with the local directory"
            ])
    }

    @Test func aKeyOfICSImpliesItsHandlerWhichGetsIt() {
        let loaded = load(Self.host + "DocDir=/srv\nKeepAliveTimeSec=7\nRoot=/x\n")
        #expect(messages(loaded) == [])
        #expect(loaded.settings.hosts.first?.handler?.value == "web")
        #expect(value("WebDocDir", loaded) == .text("/srv"))
        #expect(value("KeepAliveTimeSec", loaded) == .integer(7))
    }

    @Test func aKeyOfAnotherHandlerIsToldAsSuch() {
        let loaded = load(Self.host + "Handler=echo\nKeepAliveTimeSec=7\nRoot=/x\n")
        #expect(
            messages(loaded) == [
                "c:7:1: warning: KeepAliveTimeSec has no effect: it is a key of web, not of the "
                    + "handler \"echo\"",
                "c:8:1: error: Root is a key of the handler web, not of \"echo\"",
            ])
    }

    @Test func theHostWinsOverTheServerWhereverThatStands() throws {
        let other = Self.host.replacing("Host1", with: "Host2").replacing("=7\n", with: "=8\n")
        let loaded = load(
            Self.host + "Handler=web\n" + other + "Handler=web\nKeepAliveTimeSec=30\n"
                + "[WebAppServer]\nKeepAliveTimeSec=20\nDocDir=/srv\n")
        #expect(messages(loaded) == [])
        let hosts = loaded.settings.hosts
        #expect(hosts[0].handlerOptions["KeepAliveTimeSec"]?.value == .integer(20))
        #expect(hosts[0].handlerOptions["KeepAliveTimeSec"]?.location.line == 15)
        #expect(hosts[1].handlerOptions["KeepAliveTimeSec"]?.value == .integer(30))
        #expect(hosts[0].handlerOptions["WebDocDir"]?.value == .text("/srv"))
        #expect(hosts[0].effectiveEntries.contains { $0.value == "20" })
        #expect(!hosts[0].entries.contains { $0.value == "20" })
    }

    @Test func theServersDocumentsImplyTheHandlerToo() {
        let loaded = load("[WebAppServer]\nDocDir=/srv\n" + Self.host)
        #expect(messages(loaded) == [])
        #expect(loaded.settings.hosts.first?.handler?.value == "web")
    }

    @Test func aMistakeOfTheServerIsToldOnce() {
        let loaded = load("[Server]\nKeepAliveTimeSec=x\n" + Self.host + "Handler=web\n")
        #expect(
            messages(loaded) == [
                "c:2:18: error: KeepAliveTimeSec must be a number from 0 to 86400, not \"x\""
            ])
        #expect(value("KeepAliveTimeSec", loaded) == .integer(10))
    }

    @Test func whatIsPrintedReadsBack() {
        let loaded = load(
            hostLines: "Names=x,y\nHeader=A: ${a\nHeader=B\nPeer=[::1]:1\nCache=2K\nUmask=7\n"
                .replacing("${a", with: "$${a}") + "Root=/r\nDocDir=/d\nKeepAliveTimeSec=3\n")
        #expect(messages(loaded) == [])
        let printed = SettingsPrinter.text(loaded.settings)
        let again = load(printed)
        #expect(messages(again) == [])
        #expect(SettingsPrinter.text(again.settings) == printed)
        let (first, second) = (loaded.settings.hosts[0], again.settings.hosts[0])
        #expect(second.handlerOptions.map(\.value) == first.handlerOptions.map(\.value))
    }

    @Test func documentsNoLongerSayThatItIsNotUsed() {
        let text = SampleConfiguration.text(handlers: Self.all)
        #expect(text.contains("in seconds.\n;KeepAliveTimeSec=10"))
        #expect(text.contains("seconds. Not used yet.\n;KeepAliveTimeXferSec=300"))
        // With its handler, and in [Server] where it is what hosts get.
        #expect(text.matches(of: /;WebDocDir=/).count == 2)
    }
}
