import Glibc
import TestSupport
import Testing

/// Hosts that programs serve.
@Suite struct ExecScenarios {
    /// How a client reaches the daemon.
    enum Way: CaseIterable {
        case plain, tls
    }

    private let programs: ProgramHosts

    init() throws {
        programs = try ProgramHosts()
    }

    private func client(of daemon: DaemonProcess, _ way: Way) throws -> any TestClient {
        switch way {
        case .plain: try daemon.plainClient()
        case .tls: try daemon.tlsClient(name: "a.test")
        }
    }

    @Test(arguments: Way.allCases)
    func aProgramHasTheConnection(_ way: Way) throws {
        let daemon = try programs.daemon("/bin/cat")
        for size in [0, 1, 65_537, 3 << 20] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
            let back = try client(of: daemon, way).exchange(bytes)
            #expect(back == bytes, "\(back.count) of \(size) bytes came back")
        }
        let talking = try client(of: daemon, way)
        for text in ["one", "two"] { #expect(try talking.echoes(text)) }
    }

    @Test(arguments: Way.allCases)
    func whatAProgramReadsAndWritesIsCounted(_ way: Way) throws {
        let daemon = try programs.daemon("/bin/sh -c \"head -c 100000 | wc -c; cat /dev/null\"")
        let client = try client(of: daemon, way)
        try client.send([UInt8](repeating: 7, count: 100_000))
        #expect(try client.receiveText() == "100000\n")
        try daemon.waitForLog(": served, 100000 bytes in, 7 bytes out")
    }

    @Test(arguments: Way.allCases)
    func aProgramThatDoesNotReadIsHeardToItsEnd(_ way: Way) throws {
        let daemon = try programs.daemon("/bin/sh -c \"head -c 3000000 /dev/zero; echo end\"")
        let client = try client(of: daemon, way)
        try client.send("not read")
        let bytes = try client.receiveAll()
        #expect(bytes.count == 3_000_004 && bytes.suffix(4) == Array("end\n".utf8)[...])
    }

    @Test func wordsAreSplitWithoutAShell() throws {
        let program = try programs.script("for word; do echo \"<$word>\"; done")
        let daemon = try programs.daemon(
            #"\#(program) a  "b  c" 'd "e"' f\ g "h\"i\\" "" * > x # ; `id`"#)
        #expect(
            try daemon.plainClient().receiveText().split(separator: "\n") == [
                "<a>", "<b  c>", "<d \"e\">", "<f g>", "<h\"i\\>", "<>", "<*>", "<>>", "<x>", "<#>",
                "<;>", "<`id`>",
            ])
    }

    @Test func theEnvironmentIsBuiltFromNothing() throws {
        let daemon = try programs.daemon(
            "/usr/bin/env", keys: "ExecEnvironment=A=b c\nExecEnvironment=PATH=/bin",
            environment: [
                "LISTEN_FDS": "0", "WATCHDOG_USEC": "30000000", "CREDENTIALS_DIRECTORY": "/x",
                "JOURNAL_STREAM": "1:2", "SECRET": "1",
            ])
        let client = try daemon.plainClient()
        let lines = try client.receiveText().split(separator: "\n").map(String.init)
        var values: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: "=", maxSplits: 1)
            values[String(parts[0])] = String(parts[1])
        }
        #expect(
            values.keys.sorted() == [
                "A", "HOSTTAG", "PATH", "PROTO", "TCPLOCALHOST", "TCPLOCALIP", "TCPLOCALPORT",
                "TCPREMOTEIP", "TCPREMOTEPORT",
            ])
        #expect(values["A"] == "b c" && values["PATH"] == "/bin" && values["PROTO"] == "TCP")
        #expect(values["TCPLOCALIP"] == "127.0.0.1" && values["TCPREMOTEIP"] == "127.0.0.1")
        #expect(values["TCPLOCALPORT"] == "\(try daemon.plainPort())")
        #expect(values["HOSTTAG"] == "PROGRAM")
        #expect(
            values["TCPLOCALHOST"]
                == (try Command.succeed(["uname", "-n"]).split(separator: "\n")[0])
                .description)
        try daemon.waitForLog("client 127.0.0.1:\(values["TCPREMOTEPORT"] ?? "?") of PROGRAM")
    }

    @Test func overTLSTheEnvironmentTellsOfTheSession() throws {
        let daemon = try programs.daemon("/usr/bin/env")
        let text = try daemon.tlsClient(name: "a.test", version: .tls13).receiveText()
        let lines = text.split(separator: "\n")
        #expect(lines.contains("SSL_PROTOCOL=TLSv1.3"))
        #expect(lines.contains("SSL_TLS_SNI_SERVERNAME=a.test"))
        #expect(lines.contains("TCPLOCALHOST=a.test"))
        #expect(lines.contains { $0.hasPrefix("SSL_CIPHER=TLS_") })
    }

    @Test(arguments: Way.allCases)
    func nothingElseIsInherited(_ way: Way) throws {
        let daemon = try programs.daemon(
            """
            /bin/sh -c "ls /proc/$$/fd; ulimit -Sn; umask; cat /proc/self/fdinfo/0; \
            cat /proc/self/fdinfo/2; grep -E '^(Sig|Cap(Amb|Inh)|Shd)' /proc/self/status; \
            ps -o pid=,pgid=,sess= -p $$"
            """)
        let lines = try client(of: daemon, way).receiveText().split(separator: "\n")
            .map(String.init)
        #expect(Array(lines.prefix(5)) == ["0", "1", "2", "1024", "0022"], "\(lines)")
        for line in lines where line.hasPrefix("flags:") {
            let flags = line.split(whereSeparator: \.isWhitespace).last.flatMap {
                Int($0, radix: 8)
            }
            #expect(flags.map { $0 & Int(O_NONBLOCK) } == 0, "\(line)")
        }
        #expect(lines.contains("SigBlk:\t0000000000000000"), "\(lines)")
        #expect(lines.contains("CapAmb:\t0000000000000000"), "\(lines)")
        // The two that glibc uses itself it leaves ignored in each child of posix_spawn(3).
        #expect(lines.contains("SigIgn:\t0000000000000000"), "\(lines)")
        let ids = Set(lines.last?.split(separator: " ") ?? [])
        #expect(ids.count == 1, "a session and a group of its own: \(lines.last ?? "")")
    }

    @Test(.enabled(if: geteuid() == 0, "only root can change the user"))
    func aProgramStartsAsWhatItsKeysSay() throws {
        let program = try programs.script(
            "id -un; id -gn; pwd; umask; nice; ulimit -Sn; ulimit -Hn; ulimit -c; echo $HOME $USER")
        let daemon = try programs.daemon(
            program,
            keys: """
                ExecUser=daemon
                ExecGroup=nogroup
                ExecDir=/usr
                ExecUmask=027
                ExecNice=5
                ExecLimitNOFILE=64:128
                ExecLimitCORE=0
                """)
        let lines = try daemon.plainClient().receiveText().split(separator: "\n")
        #expect(
            lines == [
                "daemon", "nogroup", "/usr", "0027", "5", "64", "128", "0", "/usr/sbin daemon",
            ])
    }

    @Test(.enabled(if: geteuid() == 0, "only root can change the user"))
    func aProgramOfAnotherUserIsStoppedToo() throws {
        let program = try programs.script("trap '' TERM; echo $$; while :; do sleep 1000; done")
        let daemon = try programs.daemon(program, keys: "ExecUser=nobody\nExecKillTime=100ms")
        let client = try daemon.plainClient()
        let id = try client.firstLine()
        client.reset()
        try daemon.wait("the end of \(id)") { try !ProgramHosts.isAlive(id) }
        try daemon.waitForLog("\(program) was stopped")
    }
}
