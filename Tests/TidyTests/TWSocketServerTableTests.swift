import Testing

/// docs/TWSOCKETSERVER.md has a row for each item of ICS's component, and each row a line that a test runs.
@Suite struct TWSocketServerTableTests {
    /// What TWSocketServer adds to a socket, in ICS 9.5.
    private static let items: Set = [
        "Addr", "Banner", "BannerTooBusy", "Client[]", "ClientClass", "ClientCount", "Handle",
        "HSocket",
        "IcsHosts", "LastError", "ListenBacklog", "MaxClients", "MultiListenSockets",
        "MultiListenIndex", "Port", "PortNum", "Proto", "SocketFamily", "SslEnable", "SslContext",
        "State", "Abort", "Close", "CloseDelayed", "Create", "Destroy", "IsClient", "Listen",
        "MessageLoop", "MessagePump", "ProcessMessage", "ProcessMessages", "Release",
        "ThreadAttach",
        "ThreadDetach", "OnBgException", "OnChangeState", "OnClientConnect", "OnClientCreate",
        "OnClientDisconnect", "OnError", "OnMessagePump",
    ]

    /// The rows: item, what it is in Swift, a line of code.
    private static var rows: [(item: String, line: String)] {
        Repository.text(of: "docs/TWSOCKETSERVER.md").matches(
            of: /(?m)^\| `([^`]+)` \| [^|]+ \| `([^`]+)` \|$/
        ).map { (String($0.output.1), String($0.output.2)) }
    }

    @Test func eachItemHasOneRow() {
        #expect(Set(Self.rows.map(\.item)) == Self.items)
        #expect(Self.rows.count == Self.items.count)
    }

    @Test func eachLineRunsInATest() {
        let tests = Repository.tests.filter { $0.path.contains("/TWSocketServerTests") }
        #expect(tests.count == 3)
        let lines = Set(
            tests.flatMap { file in
                Repository.text(of: file.path).split(separator: "\n").map { line in
                    String(line.drop { $0 == " " })
                }
            })
        for row in Self.rows { #expect(lines.contains(row.line), "\(row.item)") }
    }
}
