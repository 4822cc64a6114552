import Glibc
import TestSupport
import Testing

/// Programs that fail, stay, flood or leave something, and clients that go before them.
@Suite struct ExecEndScenarios {
    private let programs: ProgramHosts

    init() throws {
        programs = try ProgramHosts()
    }

    /// Starts a program that says its number and that of its child, and waits for that.
    ///
    /// - Parameters:
    ///   - lines: what it does then.
    ///   - before: what it does before.
    ///   - keys: further keys of the host.
    ///   - way: how the client comes.
    ///   - server: keys of the server.
    /// - Returns: the daemon, the client and the numbers.
    /// - Throws: when it does not start.
    private func start(
        _ lines: String, before: String = "", keys: String = "",
        way: ExecScenarios.Way = .plain, server: String = ""
    ) throws -> (DaemonProcess, client: any TestClient, ids: [String]) {
        let script = try programs.script("\(before)\necho $$ $!\n\(lines)")
        let daemon = try programs.daemon(script, keys: keys, server: server)
        let client: any TestClient =
            way == .plain ? try daemon.plainClient() : try daemon.tlsClient(name: "a.test")
        return (daemon, client, try client.firstLine().split(separator: " ").map(String.init))
    }

    private static let ignoreTERM = "trap '' TERM"

    private func waitForEnd(of id: String, _ daemon: DaemonProcess) throws {
        try daemon.wait("the end of process \(id)") { try !ProgramHosts.isAlive(id) }
    }

    @Test(arguments: ExecScenarios.Way.allCases)
    func aClientThatBreaksOffStopsItsProgram(_ way: ExecScenarios.Way) throws {
        let (daemon, client, ids) = try start("exec sleep 1000", way: way)
        (client as? PlainClient)?.reset()
        (client as? TLSClient)?.reset()
        try waitForEnd(of: ids[0], daemon)
        try daemon.waitForLog("program was stopped")
        #expect(daemon.log("was killed") == [])
    }

    @Test(arguments: ExecScenarios.Way.allCases)
    func aProgramThatIgnoresTERMIsKilled(_ way: ExecScenarios.Way) throws {
        let (daemon, client, ids) = try start(
            "while :; do sleep 1000; done", before: Self.ignoreTERM, keys: "ExecKillTime=200ms",
            way: way)
        (client as? PlainClient)?.reset()
        (client as? TLSClient)?.reset()
        try waitForEnd(of: ids[0], daemon)
        try daemon.waitForLog("program was killed: it did not exit after SIGTERM")
        try daemon.waitForLog("program was stopped")
    }

    @Test(arguments: ExecScenarios.Way.allCases)
    func aProgramThatNeverReadsIsStoppedWhenItsClientIsLongGone(_ way: ExecScenarios.Way) throws {
        let (daemon, client, ids) = try start(
            "exec sleep 1000", keys: "ExecEndTime=300ms", way: way)
        try client.send([UInt8](repeating: 1, count: 100_000))
        client.close()
        try waitForEnd(of: ids[0], daemon)
        try daemon.waitForLog("program was stopped")
    }

    @Test(arguments: ExecScenarios.Way.allCases)
    func aClientThatHasEndedItsSideIsStillAnswered(_ way: ExecScenarios.Way) throws {
        let (daemon, client, _) = try start("wc -c", way: way)
        try client.send("12345")
        client.endOutput()
        #expect(try client.receiveText().split(separator: "\n") == ["5"])
        try daemon.waitForLog("program exited")
    }

    @Test func whatAProgramLeavesBehindEndsWithIt() throws {
        let (daemon, client, ids) = try start("exit 0", before: "sleep 1000 &")
        try waitForEnd(of: ids[1], daemon)
        try daemon.waitForLog("program exited")
        #expect(try client.receiveAll() == [])
    }

    @Test func aChildThatIgnoresTERMIsKilled() throws {
        let (daemon, client, ids) = try start(
            "read x",
            before:
                "mkfifo ready; sh -c \"trap '' TERM; : > ready; while :; do sleep 1000; done\" &\n"
                + ": < ready",
            keys: "ExecKillTime=200ms\nExecDir=\(programs.directory.path)")
        try client.send("\n")
        try waitForEnd(of: ids[1], daemon)
        try daemon.waitForLog("program has left processes behind")
        try daemon.waitForLog("program was killed: it did not exit after SIGTERM")
    }

    @Test func aProgramThatFloodsItsClientWaitsForIt() throws {
        let daemon = try programs.daemon("/usr/bin/head -c 100000000 /dev/zero")
        let client = try daemon.plainClient()
        #expect(try client.receiveAll().count == 100_000_000)
        let idle = try daemon.plainClient()
        try waitUntilReady(idle.descriptor, POLLIN, "the first bytes")
        idle.close()
        try daemon.waitForLog("Host", count: 0)
        try daemon.waitForStatus(" 0 clients, 2 accepted")
    }

    @Test func standardErrorIsTheJournals() throws {
        let (daemon, client, _) = try start(
            """
            echo plain >&2; echo '<3>bad' >&2; echo '<4>odd' >&2; printf 'no end' >&2
            echo; head -c 5000 /dev/zero | tr '\\0' x >&2
            """)
        _ = try client.receiveAll()
        try daemon.waitForLog("program exited")
        #expect(daemon.log(": plain").first?.hasPrefix("info: client 127.0.0.1") == true)
        #expect(daemon.log(": bad").first?.hasPrefix("error: client 127.0.0.1") == true)
        #expect(daemon.log(": odd").first?.hasPrefix("warning: client 127.0.0.1") == true)
        let pieces = daemon.log("xxx").map { $0.count(where: { $0 == "x" }) }
        #expect(pieces.reduce(0, +) == 5_000 && pieces.max() ?? 0 <= 2_048, "\(pieces)")
    }

    @Test func aFloodOfErrorsIsSlowedAndLosesNoLine() throws {
        let (daemon, client, _) = try start("seq -f 'line %g' 1000 >&2")
        _ = try client.receiveAll()
        try daemon.waitForLog(": line ", count: 1_000)
        #expect(daemon.log("dropped") == [])
    }

    @Test(arguments: ExecScenarios.Way.allCases)
    func howAProgramEndsIsRecordedAndTold(_ way: ExecScenarios.Way) throws {
        for (lines, record) in [
            ("exit 3", "notice: client 127.0.0.1"), ("kill -SEGV $$", "warning: client 127.0.0.1"),
        ] {
            let (daemon, client, _) = try start(lines, way: way)
            let end = try client.receiveToEnd()
            // A status is an answer, too; a signal cuts one short.
            #expect(end.isWhole == (lines == "exit 3"))
            let text = lines == "exit 3" ? "exited with status 3" : "was killed by signal 11"
            try daemon.waitForLog(text)
            #expect(daemon.log(text).first?.hasPrefix(record) == true)
        }
    }

    @Test func aProgramThatIsGoneIsAnErrorWithItsName() throws {
        let program = try programs.script("echo $$")
        let daemon = try programs.daemon(program)
        try Command.succeed(["rm", program])
        #expect(try !daemon.plainClient().receiveToEnd().isWhole)
        let text = "icshostd-exec: cannot run \(program): No such file or directory"
        try daemon.waitForLog(text)
        #expect(daemon.log(text).first?.hasPrefix("error: client 127.0.0.1") == true)
        try daemon.waitForLog("\(program) exited with status 127")
    }

    @Test func aLauncherOfAnotherVersionSaysSo() throws {
        let launcher = Icshostd.directory + "/icshostd-exec"
        for words in [[], ["version=0", "--", "/bin/true"], ["p1", "--", "/bin/true"]] {
            let command = try Command([launcher] + words)
            #expect(command.end == .exited(125))
            #expect(
                command.errors.contains(
                    "the daemon is of another version, it says \(words.first ?? "nothing")"))
        }
    }

    @Test func programsBeyondTheLimitAreTurnedAway() throws {
        let (daemon, client, ids) = try start("read x", keys: "ExecMax=1")
        #expect(try !daemon.plainClient().receiveToEnd().isWhole)
        try daemon.waitForLog("refused: 1 programs are running already (ExecMax)")
        try client.send("\n")
        _ = try client.receiveAll()
        try waitForEnd(of: ids[0], daemon)
        try daemon.waitForLog("program exited")
        _ = try daemon.plainClient().firstLine()
    }

    @Test(arguments: ExecScenarios.Way.allCases)
    func theEndOfTheDrainPeriodStopsPrograms(_ way: ExecScenarios.Way) throws {
        let (daemon, client, ids) = try start(
            "while :; do sleep 1000; done", before: Self.ignoreTERM, way: way,
            server: "DrainTimeout=0")
        #expect(try daemon.stop() == .exited(0))
        #expect(try !ProgramHosts.isAlive(ids[0]))
        _ = try? client.receiveAll()
    }

    /// Outside of systemd, which would end the whole service, nobody else is left to do it.
    @Test(arguments: ExecScenarios.Way.allCases)
    func aProgramDoesNotOutliveADaemonThatIsKilled(_ way: ExecScenarios.Way) throws {
        let (daemon, client, ids) = try start("exec sleep 1000", before: Self.ignoreTERM, way: way)
        daemon.process.send(SIGKILL)
        try waitUntil("the end of process \(ids[0])") { try !ProgramHosts.isAlive(ids[0]) }
        withExtendedLifetime(client) {}
    }

    @Test(arguments: [
        ("", "Exec: name the program"), ("cat", "Exec: must be an absolute path, not \"cat\""),
        ("/no/cat", "Exec: cannot run /no/cat: No such file or directory"),
        ("/etc", "Exec: cannot run /etc: it is a directory"),
        ("/etc/passwd", "Exec: cannot run /etc/passwd: it is not executable"),
        ("/bin/cat \"a", "Exec: the quote \" is not closed"),
        ("/bin/cat\nExecUser=nobody-here", "ExecUser: there is no user \"nobody-here\""),
        ("/bin/cat\nExecGroup=none-here", "ExecGroup: there is no group \"none-here\""),
        ("/bin/cat\nExecDir=/no/where", "ExecDir: /no/where: No such file or directory"),
        ("/bin/cat\nExecDir=/etc/passwd", "ExecDir: /etc/passwd is not a directory"),
        ("/bin/cat\nExecLimitCORE=9:1", "ExecLimitCORE: must be a number, infinity"),
        ("/bin/cat\nExecEnvironment=A", "ExecEnvironment: must be NAME=value, not \"A\""),
    ])
    func aMistakeIsFoundWithItsPlace(_ value: String, _ message: String) throws {
        let check = try check(value, launcher: [])
        let line = value.contains("\n") ? 7 : 6
        #expect(check.end == .exited(1))
        #expect(check.errors.contains(":\(line):"), "\(check.errors)")
        #expect(check.errors.contains(" error: "), "\(check.errors)")
        #expect(check.errors.contains(message), "\(check.errors)")
    }

    @Test func aProgramThatIsMissingLeavesItsHostOut() throws {
        let daemon = try programs.daemon(
            "/no/program",
            keys: "[Host2]\nHosts=b.test\nBindIpAddr=127.0.0.1\nBindNonPort=auto\nHandler=echo")
        try daemon.waitForLog(
            "error: host PROGRAM is down: Exec: cannot run /no/program: No such file or directory"
        )
        #expect(try daemon.plainClient().echoes("hello"))
    }

    @Test(
        .enabled(if: geteuid() == 0, "only root can give up its rights"),
        arguments: [
            (
                "ExecUser=daemon",
                "ExecUser: not permitted: it takes CAP_SETUID, CAP_SETGID, CAP_KILL"
            ),
            ("ExecGroup=daemon", "ExecGroup: not permitted: it takes CAP_SETGID"),
            ("ExecNice=-5", "ExecNice: not permitted: it takes CAP_SYS_NICE"),
        ])
    func aRightThatIsMissingIsFound(_ key: String, _ message: String) throws {
        let check = try check(
            "/bin/cat\n\(key)", launcher: ["setpriv", "--reuid", "65534", "--clear-groups"])
        #expect(check.end == .exited(1))
        #expect(check.errors.contains(message), "\(check.errors)")
    }

    private func check(_ value: String, launcher: [String]) throws -> Command {
        let file = try programs.directory.write(
            """
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=exec
            Exec=\(value)
            """, to: "c.conf")
        return try Command(launcher + [Icshostd.path, "check", "--config", file])
    }
}
