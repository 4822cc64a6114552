import Glibc
import TestSupport
import Testing

/// Who may connect to the daemon, by `AllowFrom` and `DenyFrom`.
@Suite struct AccessScenarios: PlainHosts {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func host(_ keys: String, handler: String = "echo") -> String {
        """
        [Host1]
        Hosts=a.test
        HostTag=SHOP
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        Handler=\(handler)
        \(keys)
        """
    }

    /// Whether an echo host serves a client whose address ends with a number.
    private func serves(_ port: UInt16, from source: UInt8) throws -> Bool {
        let client = try PlainClient(to: "127.0.0.1", port: port, from: source)
        defer { client.close() }
        guard (try? client.send("hi")) != nil, let bytes = try? client.receive(atLeast: 2) else {
            return false
        }
        #expect(bytes == Array("hi".utf8))
        return true
    }

    @Test func aRefusalIsARecordWithItsKeyAndLine() throws {
        let daemon = try DaemonProcess(
            "[Server]\nBanner=hello\nBannerTooBusy=busy\nDenyFrom=127.0.0.9\n"
                + host("AllowFrom=127.0.0.1,\\\n  127.0.0.0/30".replacing("\\\n  ", with: "")),
            in: directory)
        let port = try daemon.plainPort()
        let file = directory("icshostd.conf")
        let refused = try PlainClient(to: "127.0.0.1", port: port, from: 9)
        let end = try refused.receiveToEnd()
        #expect(end.bytes.isEmpty && !end.isWhole, "a reset without a banner")
        try daemon.waitForLog(
            " of SHOP on 127.0.0.1:\(port) was refused: the address may not connect: DenyFrom has it "
                + "(\(file):4)")
        _ = try PlainClient(to: "127.0.0.1", port: port, from: 77).receiveToEnd()
        try daemon.waitForLog(
            "was refused: the address may not connect: AllowFrom does not have it (\(file):11)")
        #expect(try daemon.plainClient().receive(atLeast: 7) == Array("hello\r\n".utf8))
        try daemon.waitForStatus(", 2 refused")
    }

    @Test func aServerNameOfAHostThatDoesNotAdmitTheClientIsRefusedInItsHello() throws {
        let certificates = try Certificates(in: directory)
        let port = try ReservedPort()
        let daemon = try DaemonProcess(
            try ["a", "b"].map { name in
                """
                [Host \(name)]
                Hosts=\(name).test
                BindIpAddr=127.0.0.1
                BindSslPort=\(port.number)
                \(try certificates.pair("\(name).test").settings)
                \(name == "b" ? "DenyFrom=127.0.0.2" : "")
                Handler=echo

                """
            }.joined(), in: directory)
        func connect(_ name: String, from source: UInt8) throws -> TLSClient {
            try TLSClient(
                over: PlainClient(to: "127.0.0.1", port: port.number, from: source), name: name)
        }
        #expect(try connect("a.test", from: 2).echoes("hello"))
        #expect(try connect("b.test", from: 3).echoes("hello"))
        let refusal = #expect(throws: TLSClient.Refusal.self) {
            try connect("b.test", from: 2)
        }
        #expect(refusal?.reason.contains("access denied") == true, "\(refusal?.reason ?? "")")
        try daemon.waitForLog(
            "(b.test) of Host b on 127.0.0.1:\(port.number) ssl was refused: the ")
    }

    /// Where the listener has one host, nothing of TLS is done.
    @Test func aClientOfTheOnlyHostIsRefusedBeforeItsHello() throws {
        let pair = try Certificates(in: directory).pair("a.test")
        let daemon = try DaemonProcess(
            host("BindSslPort=auto\nAuthSslCmd=True\nDenyFrom=127.0.0.2\n\(pair.settings)"),
            in: directory)
        let client = try PlainClient(to: "127.0.0.1", port: daemon.tlsPort(), from: 2)
        #expect(try client.receiveToEnd().bytes.isEmpty)
        #expect(try !serves(daemon.plainPort(), from: 2))
        #expect(try daemon.tlsClient(name: "a.test").echoes("hello"))
    }

    @Test func aWebHostDoesNotServeWhomItDoesNotAdmit() throws {
        let port = try ReservedPort()
        let other = """
            [IcsHost2]
            Hosts=b.test
            BindIpAddr=127.0.0.1
            BindNonPort=\(port.number)
            Handler=web
            WebDocDir=@/well
            DenyFrom=127.0.0.3
            """
        let web = try WebDaemon(
            "DenyFrom=127.0.0.2", ports: "BindNonPort=\(port.number)", others: other,
            files: ["well/index.html": "b's home"])
        func get(_ name: String?, from source: UInt8) throws -> String {
            let client = try PlainClient(to: "127.0.0.1", port: port.number, from: source)
            let field = name.map { "Host: \($0)\r\nConnection: close\r\n" } ?? ""
            try client.send("GET / HTTP/1.\(name == nil ? 0 : 1)\r\n\(field)\r\n")
            let text = String(decoding: try client.receiveToEnd().bytes, as: UTF8.self)
            return text.contains("b's home")
                ? "b"
                : text.contains("<h1>home</h1>")
                    ? "a"
                    : String(text.prefix(12))
        }
        #expect(try get("a.test", from: 1) == "a")
        #expect(try get("b.test", from: 1) == "b")
        #expect(try get("a.test", from: 2) == "HTTP/1.1 403")
        #expect(try get("b.test", from: 2) == "b")
        #expect(try get("a.test", from: 3) == "a")
        #expect(try get("b.test", from: 3) == "HTTP/1.1 403")
        // Without a name: the first host that admits the client.
        #expect(try get(nil, from: 1) == "a")
        #expect(try get(nil, from: 2) == "b")
        #expect(try get("nobody.test", from: 2) == "b")
        try web.daemon.waitForLog("(a.test)")
        try web.daemon.waitForLog("the address may not connect: DenyFrom has it")
    }

    /// As it ought to be done: no half of it is ever seen.
    private func replaceList(_ text: String) throws {
        try directory.write(text, to: "deny.new")
        try Command.succeed(["mv", directory("deny.new"), directory("deny.list")])
    }

    @Test func aChangedFileIsUsedWithoutAReload() throws {
        try directory.write("# nobody yet\n", to: "deny.list")
        let file = directory("deny.list")
        let daemon = try DaemonProcess(host("DenyFrom=file:\(file)"), in: directory)
        let port = try daemon.plainPort()
        let early = try daemon.plainClient()
        #expect(try early.echoes("early"))
        try replaceList("\n127.0.0.0/30 # us\n")
        try daemon.waitForLog(
            "notice: the address list \"\(file)\" is replaced: 1 network, before 0")
        #expect(try !serves(port, from: 1))
        #expect(try serves(port, from: 4))
        #expect(try early.echoes("still here"))
        try daemon.waitForLog("DenyFrom has it (\(file):2)")
        // A bad line keeps the old list, and its host is degraded.
        try replaceList("127.0.0.4\n127.0.0.1/8\nlocalhost\n")
        try daemon.waitForLog(
            "error: the address list \"\(file)\" stays as it was, with 1 network, because the new one "
                + "cannot be used: \(file):2:1: \"127.0.0.1/8\" has bits beyond its length: write "
                + "127.0.0.0/8 for the network, or 127.0.0.1 for the address alone, and 1 more mistake"
        )
        try daemon.waitForStatus("1 degraded")
        #expect(try !serves(port, from: 1))
        #expect(try serves(port, from: 4))
        try replaceList("127.0.0.4\n")
        try daemon.wait("the corrected list") { try serves(port, from: 1) }
        #expect(try !serves(port, from: 4))
        try daemon.wait("a host that is not degraded") {
            daemon.notify.status?.contains("degraded") == false
        }
    }

    /// Users have 128 instances of inotify(7) by default.
    @Test func onlyADaemonWithFilesWatchesThem() throws {
        try directory.write("127.0.0.2\n", to: "list")
        let port = try ReservedPort()
        let text = host("").replacing("=auto", with: "=\(port.number)")
        let daemon = try DaemonProcess(text, in: directory)
        func watches() throws -> Int {
            let files = try Command.succeed(["ls", "-l", "/proc/\(daemon.process.id)/fd"])
            return files.split(separator: "\n").count { $0.hasSuffix("inotify") }
        }
        let before = try watches()
        try daemon.reload(text + "\nDenyFrom=file:\(directory("list"))")
        try daemon.wait("another watch") { try watches() == before + 1 }
        try daemon.reload(text)
        try daemon.wait("one watch less") { try watches() == before }
    }

    @Test func aReloadKeepsClientsAndJudgesNewOnes() throws {
        let port = try ReservedPort()
        let before = host("").replacing("=auto", with: "=\(port.number)")
        let daemon = try DaemonProcess(before, in: directory)
        let early = try client(port)
        #expect(try early.echoes("before"))
        try daemon.reload(before + "\nAllowFrom=127.0.0.2")
        #expect(try !serves(port.number, from: 1))
        #expect(try serves(port.number, from: 2))
        #expect(try early.echoes("after"))
        try daemon.reload("[Server]\nDenyFrom=127.0.0.2\n" + before)
        #expect(try serves(port.number, from: 1))
        #expect(try !serves(port.number, from: 2))
        #expect(try early.echoes("still"))
        // A file that cannot be used keeps all as it is.
        try daemon.write("[Server]\nDenyFrom=file:/nowhere\n" + before)
        daemon.process.send(SIGHUP)
        try daemon.waitForLog(
            "DenyFrom: cannot read \"/nowhere\": there is no such file")
        #expect(try !serves(port.number, from: 2))
        try daemon.write(before + "\nDenyFrom=file:/nowhere")
        daemon.process.send(SIGHUP)
        try daemon.waitForLog("Host1 keeps its previous settings")
        #expect(try serves(port.number, from: 1))
        #expect(try early.echoes("to the end"))
    }

    @Test func clientsOfUnixSocketsAreNotJudged() throws {
        let path = directory("s.sock")
        let daemon = try DaemonProcess(
            "[Server]\nDenyFrom=0.0.0.0/0,::/0\n"
                + host("").replacing("BindIpAddr=", with: "BindIpAddr=unix:\(path),"), in: directory
        )
        let command = try Command(
            ["socat", "-t5", "-", "UNIX-CONNECT:\(path)"], input: Array("hi".utf8))
        #expect(command.output == "hi", "\(command.errors)")
        #expect(try !serves(daemon.plainPort(), from: 1))
    }

    @Test(arguments: [
        ("10.0.0.0/8\n10.0.0.1/8\n", "list:2:1: \"10.0.0.1/8\" has bits beyond its length"),
        ("10.0.0.0\u{0}/8\n", "list:1:9: a NUL byte"),
        (String(repeating: "1", count: 5_000), "list:1:4097: the line is longer than 4096 bytes"),
        ("@", "\": it is a directory"),
        ("-", "\": there is no such file"),
        ("fifo", "\": it is not a regular file"),
    ])
    func whatCannotBeUsedIsAnErrorWithItsPlace(_ text: String, _ message: String) throws {
        switch text {
        case "-": break
        case "@": unsafe mkdir(directory("list"), 0o755)
        case "fifo": unsafe mkfifo(directory("list"), 0o644)
        default: try directory.write(text, to: "list")
        }
        let key = "AllowFrom=file:\(directory("list"))"
        for (server, own) in [(key, ""), ("", key)] {
            let file = try directory.write(
                "[Server]\nOnHostError=fail\n\(server)\n" + host(own), to: "a.conf")
            for verb in ["check", "run"] {
                let command = try Icshostd.run(verb, "--config", file)
                #expect(command.end == .exited(1))
                #expect(command.errors.contains(message), "\(command.errors)")
                let line = own.isEmpty ? 3 : 10
                #expect(command.errors.contains("\(file):\(line):11"), "\(command.errors)")
            }
        }
    }

    @Test func aHostWhoseListCannotBeUsedIsDownAlone() throws {
        let port = try ReservedPort()
        let daemon = try DaemonProcess(
            host("DenyFrom=file:\(directory("list"))")
                + "\n" + host("b", port, "echo"), in: directory)
        try daemon.waitForLog("error: host SHOP is down: DenyFrom: cannot read ")
        #expect(try client(port).echoes("hello"))
    }

    @Test func commandsShowTheLists() throws {
        let list = try directory.write("10.0.0.0/8\n127.0.0.2\n::1\n", to: "list")
        let file = try directory.write(
            "[Server]\nAllowFrom=127.0.0.0/8\n"
                + host("DenyFrom=file:\(list)").replacing("=auto", with: "=7"), to: "a.conf")
        for verb in ["check", "plan"] {
            let command = try Icshostd.run(verb, "--config", file)
            #expect(command.end == .exited(0), "\(command.errors)")
            #expect(
                command.errors.contains(
                    "\(file):9:10: note: DenyFrom: \"\(list)\" has 3 networks"), "\(command.errors)"
            )
        }
        func explain(_ words: String...) throws -> String {
            try Command([Icshostd.path, "explain", "127.0.0.1:7", "--config", file] + words).output
        }
        let open = try explain()
        #expect(open.hasPrefix("served\n"))
        #expect(open.contains("AllowFrom of [Server]  127.0.0.0/8  \(file):2"), "\(open)")
        #expect(open.contains("file:\(list)  \(file):9"), "\(open)")
        #expect(try explain("--from", "127.0.0.1").hasPrefix("served\n"))
        let denied = try explain("--from", "127.0.0.2")
        #expect(denied.hasPrefix("refused\n"))
        #expect(
            denied.contains("the address may not connect: Host1: DenyFrom has it (\(list):2)"),
            "\(denied)")
        let unlisted = try explain("--from", "192.0.2.1")
        #expect(
            unlisted.contains(
                "the address may not connect: [Server]: AllowFrom does not have it (\(file):2)"),
            "\(unlisted)")
    }
}
