import Foundation
import Glibc
import TestSupport
import Testing

/// What an operator asks a running daemon.
@Suite struct ControlScenarios {
    private static let hosts = """
        [Host1]
        Hosts=a.test
        HostTag=SHOP
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        Handler=echo
        [Host2]
        HostTag=POST
        Hosts=b.test
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        Handler=echo
        [Host3]
        Hosts=c.test
        HostTag=GONE
        BindIpAddr=203.0.113.7
        BindNonPort=7
        Handler=echo

        """

    @Test func statusShowsHostsListenersAndNumbers() throws {
        let daemon = try DaemonProcess(Self.hosts)
        let client = try daemon.plainClient()
        #expect(try client.echoes("hello"))
        try daemon.waitForStatus("1 client, 1 accepted")
        let text = try daemon.ask("status").output
        #expect(text.contains("hosts          2 of 3 up\n"))
        #expect(text.contains("clients        1 now, 1 accepted since the start, 0 refused, "))
        #expect(
            text.contains(
                "GONE [Host3]  down   -        -        address 203.0.113.7 is not on this machine ("
            ))
        #expect(text.contains(", in force since "))
        let json = try daemon.json("status") as? [String: Any]
        let service = json?["service"] as? [String: Any]
        #expect(service?["clients"] as? Int == 1)
        #expect(service?["configuration"] as? String == daemon.directory("icshostd.conf"))
        #expect((service?["memory_bytes"] as? Int ?? 0) > 1 << 20)
        let hosts = json?["hosts"] as? [[String: Any]]
        #expect(hosts?.map { $0["state"] as? String } == ["up", "up", "down"])
        #expect((json?["listeners"] as? [Any])?.count == 2)
    }

    @Test func clientsAreListedAndSorted() throws {
        let daemon = try DaemonProcess(Self.hosts)
        let first = try daemon.plainClient()
        #expect(try first.echoes("1"))
        let second = try PlainClient(to: "127.0.0.1", port: daemon.plainPort(1))
        #expect(try second.echoes("22"))
        let all = try daemon.clients("--sort", "age")
        #expect(all.map { $0["host"] as? String } == ["SHOP", "POST"])
        #expect(all[0]["bytes_in"] as? Int == 1)
        #expect(all[0]["handler"] as? String == "echo")
        #expect(try daemon.clients("--sort", "bytes").first?["bytes_out"] as? Int == 2)
        #expect(try daemon.clients("--host", "POST").count == 1)
        #expect(try daemon.clients("--host", "host2").count == 1)
        #expect(try daemon.clients("--host", "gone").isEmpty)
        #expect(
            try daemon.ask("clients").output.contains("  SHOP [Host1]  127.0.0.1:"))
    }

    @Test func disconnectEndsThoseThatAreMeant() throws {
        let daemon = try DaemonProcess(Self.hosts)
        let shop = try daemon.plainClient()
        let post = try PlainClient(to: "127.0.0.1", port: daemon.plainPort(1))
        #expect(try shop.echoes("1"))
        #expect(try post.echoes("1"))
        #expect(try daemon.ask("disconnect", "--host", "SHOP").output == "1 client disconnected\n")
        #expect(try shop.receiveAll() == [])
        #expect(try post.echoes("2"))
        try daemon.waitForLog("of SHOP on 127.0.0.1:")
        #expect(daemon.log("closed: disconnected by an operator").count == 1)
        #expect(daemon.log("an operator disconnected 1 client: those of host SHOP").count == 1)
        #expect(
            try daemon.ask("disconnect", "--from", "10.0.0.0/8").output
                == "0 clients disconnected\n")
        let id = try #require(daemon.clients()[0]["id"] as? Int)
        #expect(try daemon.ask("disconnect", "\(id)").output == "1 client disconnected\n")
        #expect(try post.receiveAll() == [])
        let none = try daemon.ask("disconnect", "\(id)")
        #expect(none.end == .exited(1))
        #expect(none.errors.contains("no client has the number \(id)") && none.output.isEmpty)
    }

    @Test func aHostThatNobodyHasIsNone() throws {
        let daemon = try DaemonProcess(Self.hosts)
        for command in ["status", "clients", "disconnect"] {
            let none = try daemon.ask(command, "--host", "NOPE")
            #expect(none.end == .exited(1) && none.output.isEmpty)
            #expect(
                none.errors == "icshostd: no host has the tag or the section \"NOPE\"\n",
                "\(none.errors)")
        }
        #expect(try daemon.ask("disconnect", "--host", "POST").end == .exited(0))
    }

    @Test func aSectionNamesItsHostForEveryCommand() throws {
        let daemon = try DaemonProcess(Self.hosts)
        let shop = try daemon.plainClient()
        #expect(try shop.echoes("1"))
        #expect(try daemon.clients("--host", "HOST1").count == 1)
        #expect(try daemon.ask("disconnect", "--host", "host1").output == "1 client disconnected\n")
        #expect(try shop.receiveAll() == [])
    }

    @Test func theSocketIsBoundAnewWhenItsDirectoryIsThereAgain() throws {
        let daemon = try DaemonProcess(Self.hosts)
        let runtime = String(daemon.controlPath.dropLast("/control".count))
        unsafe unlink(daemon.controlPath)
        unsafe rmdir(runtime)
        try daemon.waitForStatus("no control socket! 2 of 3 hosts up")
        try daemon.waitForLog("reload find nobody: \(daemon.controlPath) was removed")
        #expect(try daemon.plainClient().echoes("served all the while"))
        unsafe mkdir(runtime, 0o755)
        try daemon.waitForLog("notice: the control socket is there again: \(daemon.controlPath)")
        try daemon.wait("the status of before") {
            daemon.notify.status?.hasPrefix("2 of 3 hosts up") == true
        }
        #expect(try daemon.ask("status").end == .exited(0))
    }

    @Test(arguments: [["status"], ["clients"], ["disconnect", "1"], ["reload"]])
    func withoutADaemonTheStatusIsThree(_ words: [String]) throws {
        let directory = try TemporaryDirectory()
        let command = try Command(
            [Icshostd.path] + words + ["--control-socket", directory("control")])
        #expect(command.end == .exited(3))
        #expect(
            command.errors.hasPrefix("icshostd: no daemon answers at \(directory.path)/control: "))
    }

    @Test func tenThousandHostsAreAStreamThatASlowReaderGetsWhole() throws {
        let hosts = (1...2_000).map {
            "[Host\($0)]\nHosts=\($0).test\nBindIpAddr=127.0.0.1\nBindNonPort=auto\nHandler=none\n"
        }
        let daemon = try DaemonProcess(
            starting: Self.hosts + hosts.map { $0.replacing("[Host", with: "[Host9") }.joined())
        try daemon.wait("READY=1") { daemon.notify.datagrams.contains("READY=1") }
        let reader = try ControlReader(daemon.controlPath)
        try reader.send(#"{"icshostd": 1, "command": "status"}"# + "\n")
        // While nobody reads, others are served.
        try #require(try daemon.ask("clients").end == .exited(0))
        let lines = try reader.answer()
        #expect(lines.count { $0.contains(#""part": "host""#) } == 2_003)
        #expect(lines.last == #"{"part": "end", "ok": true}"#)
        #expect(lines.allSatisfy { $0.utf8.count <= 65_536 })
    }

    @Test func mistakesAreAnsweredAndNothingIsLost() throws {
        let daemon = try DaemonProcess(Self.hosts)
        let reader = try ControlReader(daemon.controlPath)
        for line in ["", "status", "{}", #"{"icshostd":1}"#, "\u{0}\u{1}\u{7F}"] {
            try reader.send(line + "\n")
            #expect(try reader.answer().last?.contains(#""ok": false"#) == true)
        }
        try reader.send(#"{"icshostd":1,"command":"clients"}"# + "\n")
        #expect(try reader.answer() == [#"{"part": "end", "ok": true}"#])
        try reader.send(String(repeating: "x", count: 5_000))
        #expect(try reader.answer().last?.contains(#""error": "too-long""#) == true)
        #expect(try reader.hasEnded)
    }

    @Test func requestsThatCameTogetherAreAnsweredInTurn() throws {
        let daemon = try DaemonProcess(Self.hosts)
        let reader = try ControlReader(daemon.controlPath)
        let request = #"{"icshostd":1,"command":"clients"}"# + "\n"
        try reader.send(String(repeating: request, count: 1_000))
        for _ in 0..<1_000 { #expect(try reader.answer().count == 1) }
    }

    @Test func theSeventeenthIsSentAway() throws {
        let daemon = try DaemonProcess(Self.hosts)
        let readers = try (0..<16).map { _ in try ControlReader(daemon.controlPath) }
        for reader in readers {
            try reader.send(#"{"icshostd":1,"command":"clients"}"# + "\n")
            _ = try reader.answer()
        }
        let next = try ControlReader(daemon.controlPath)
        #expect(try next.answer().last?.contains(#""error": "busy""#) == true)
        #expect(try next.hasEnded)
    }

    /// A client that has not asked yet when it is sent away: closed at once, its request would break
    /// the connection (EPIPE), and what it was told might never be read.
    @Test func whoIsSentAwayBeforeItAsksHearsWhy() throws {
        let daemon = try DaemonProcess(Self.hosts)
        let readers = try (0..<16).map { _ in try ControlReader(daemon.controlPath) }
        for reader in readers {
            try reader.send(#"{"icshostd":1,"command":"clients"}"# + "\n")
            _ = try reader.answer()
        }
        let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        let result = unsafe UnixDatagramSocket.withAddress(daemon.controlPath) {
            unsafe connect(number, $0, $1)
        }
        try #require(result == 0)
        // The answer is there, so the daemon has done with it.
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        try #require(unsafe poll(&entry, 1, 10_000) == 1)
        let request = Array(#"{"icshostd":1,"command":"status"}"#.utf8) + [10]
        #expect(
            unsafe send(number, request, request.count, CInt(MSG_NOSIGNAL)) == request.count)
        var (answer, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 1_024))
        while true {
            let count = unsafe recv(number, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            answer += chunk[..<count]
        }
        let text = String(decoding: answer, as: UTF8.self)
        #expect(text.hasPrefix(#"{"part": "end", "ok": false, "error": "busy""#), "\(text)")
        #expect(text.count { $0 == "\n" } == 1)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root to be somebody else"))
    func nobodyElseIsLetIn() throws {
        let daemon = try DaemonProcess(Self.hosts)
        let words = [
            "setpriv", "--reuid", "65534", "--clear-groups", "socat", "-",
            "UNIX-CONNECT:\(daemon.controlPath)",
        ]
        #expect(try Command(words).errors.contains("Permission denied"))
        // Not even where the file lets them.
        unsafe chmod(daemon.controlPath, 0o666)
        #expect(try Command(words).output.contains(#""error": "forbidden""#))
    }

    /// That a daemon runs, and whom it answers, is said whether the file or the daemon forbids it.
    @Test(
        .enabled(if: geteuid() == 0, "needs root to be somebody else"),
        arguments: [["status"], ["clients"], ["disconnect", "1"], ["reload"]],
        [0o600, 0o666] as [mode_t])
    func anotherUserIsToldWhoMayAsk(_ words: [String], _ mode: mode_t) throws {
        let daemon = try DaemonProcess(Self.hosts)
        unsafe chmod(daemon.controlPath, mode)
        let program = daemon.directory("icshostd")
        try Command.succeed(["cp", Icshostd.path, program])
        let other = ["setpriv", "--reuid", "65534", "--clear-groups", program]
        let asked = words + ["--control-socket", daemon.controlPath]
        let message =
            "a daemon runs at \(daemon.controlPath), but answers only root, not user nobody: the "
            + "socket belongs to root, mode 0\(String(mode, radix: 8)); try sudo"
        let text = try Command(other + asked)
        #expect(text.end == .exited(3) && text.output == "")
        #expect(text.errors == "icshostd: \(message)\n")
        let json = try Command(other + asked + ["--json"])
        #expect(json.end == .exited(3) && json.errors == "")
        #expect(json.output == "{\"error\": \"forbidden\", \"message\": \"\(message)\"}\n")
    }

    @Test(arguments: [["status"], ["clients"], ["disconnect", "1"], ["reload"]])
    func nobodyIsAnObjectToo(_ words: [String]) throws {
        let directory = try TemporaryDirectory()
        let path = directory("control")
        let command = try Command(
            [Icshostd.path] + words + ["--json", "--control-socket", path])
        #expect(command.end == .exited(3) && command.errors == "")
        #expect(
            command.output.hasPrefix(
                "{\"error\": \"unreachable\", \"message\": \"no daemon answers at \(path): "))
        let long = try Icshostd.run(
            "status", "--control-socket", "/" + String(repeating: "x", count: 200))
        #expect(long.errors.hasSuffix(": that is no absolute path of at most 107 bytes\n"))
    }

    @Test func aDaemonWithoutAPlaceForItsSocketServesAndSaysSo() throws {
        let daemon = try DaemonProcess("[Server]\nControlSocket=/nowhere/control\n" + Self.hosts)
        #expect(try daemon.plainClient().echoes("hello"))
        try daemon.waitForLog(
            "warning: no control socket, so icshostd status and reload find nobody")
    }

    @Test func theSocketGoesWithTheDaemonAndAStaleOneIsReplaced() throws {
        let directory = try TemporaryDirectory()
        let socket = "[Server]\nControlSocket=\(directory("control"))\n"
        let killed = try DaemonProcess(socket + Self.hosts, in: directory)
        #expect(try killed.stop(with: SIGKILL) == .killed(signal: SIGKILL))
        #expect(unsafe access(directory("control"), F_OK) == 0)
        let daemon = try DaemonProcess(socket + Self.hosts, in: directory)
        #expect(
            try Icshostd.run("status", "--config", directory("icshostd.conf")).end == .exited(0))
        #expect(try daemon.stop() == .exited(0))
        #expect(unsafe access(directory("control"), F_OK) != 0)
    }
}

extension DaemonProcess {
    /// Runs a command that asks this daemon.
    func ask(_ words: String...) throws -> Command { try ask(words) }

    private func ask(_ words: [String]) throws -> Command {
        try Command([Icshostd.path] + words + ["--control-socket", controlPath])
    }

    /// What a command prints with `--json`.
    fileprivate func json(_ words: String...) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(ask(words + ["--json"]).output.utf8))
    }

    /// The clients it lists.
    fileprivate func clients(_ words: String...) throws -> [[String: Any]] {
        let output = try ask(["clients", "--json"] + words).output
        return try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]] ?? []
    }
}

/// A control client that speaks the protocol itself.
private final class ControlReader {
    private let socat: ChildProcess
    private var taken = 0

    init(_ path: String) throws {
        socat = try ChildProcess(["socat", "-", "UNIX-CONNECT:\(path)"])
    }

    func send(_ text: String) throws { try socat.write(Array(text.utf8)) }

    /// Waits for the lines of one answer.
    func answer() throws -> [String] {
        var lines: [String] = []
        try waitUntil("the end of an answer: \(socat.output.suffix(200))") {
            let all = socat.output.split(separator: "\n", omittingEmptySubsequences: false)
                .dropLast()
            let fresh = all.dropFirst(taken)
            guard let end = fresh.firstIndex(where: { $0.hasPrefix(#"{"part": "end""#) }) else {
                return false
            }
            lines = fresh[...end].map(String.init)
            return true
        }
        taken += lines.count
        return lines
    }

    /// Waits until the daemon has closed the connection.
    var hasEnded: Bool {
        get throws { try socat.waitForEnd() == .exited(0) }
    }
}
