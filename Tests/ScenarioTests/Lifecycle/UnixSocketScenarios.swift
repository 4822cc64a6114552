import Glibc
import TestSupport
import Testing

/// Listeners on unix sockets: who reaches them, what is said of them, what is left behind.
@Suite struct UnixSocketScenarios {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private var path: String { directory("a.sock") }

    private func host(_ addresses: String, _ keys: String = "") -> String {
        "[Host1]\nHosts=a.test\nBindIpAddr=\(addresses)\n\(keys)\nHandler=echo\n"
    }

    private func daemon(_ addresses: String, _ keys: String = "") throws -> DaemonProcess {
        try DaemonProcess(
            "[Server]\nLogLevel=debug\n" + host(addresses, keys), in: directory,
            storesDescriptors: false)
    }

    private func echo(_ text: String, through target: String) throws -> String {
        let command = try Command(["socat", "-t5", "-", target], input: Array(text.utf8))
        return command.output
    }

    @Test func servesAPathWithoutAnyPort() throws {
        let daemon = try daemon("unix:\(path)", "UnixMode=0606")
        try daemon.waitForLog("info: listener unix:\(path) is open")
        #expect(try echo("hello", through: "UNIX-CONNECT:\(path)") == "hello")
        try daemon.waitForLog(",uid=\(geteuid()) of Host1 on unix:\(path) closed: ")
        let mode = try Command.succeed(["stat", "-c", "%a", path])
        #expect(mode == "606\n")
        #expect(try daemon.stop() == .exited(0))
        // Under systemd it stays for the next process; nobody listens behind it now.
        #expect(unsafe access(path, F_OK) == 0)
        #expect(try Command(["socat", "-", "UNIX-CONNECT:\(path)"]).end != .exited(0))
    }

    @Test func servesAnAbstractName() throws {
        let name = "icshostd-\(UInt64.random(in: 0...(.max)))"
        let daemon = try daemon("unix:@\(name)")
        #expect(try echo("hello", through: "ABSTRACT-CONNECT:\(name)") == "hello")
        #expect(try daemon.stop() == .exited(0))
    }

    @Test func servesTLSWhereTheAddressSaysSo() throws {
        let daemon = try daemon("unix-ssl:\(path)")
        try daemon.waitForLog("info: listener unix:\(path) ssl is open")
        let command = try Command(
            ["openssl", "s_client", "-quiet", "-no_ign_eof", "-unix", path], input: Array("Q".utf8))
        #expect(command.errors.contains("a.test"), "\(command.errors)")
        #expect(try daemon.stop() == .exited(0))
    }

    @Test func standsBesideTCPOnOneHost() throws {
        let daemon = try daemon("unix:\(path),127.0.0.1", "BindNonPort=auto")
        #expect(try daemon.plainClient().echoes("hello"))
        #expect(try echo("hello", through: "UNIX-CONNECT:\(path)") == "hello")
    }

    @Test func takesThePlaceOfAServerThatWasKilled() throws {
        let first = try daemon("unix:\(path)")
        #expect(try first.stop(with: SIGKILL) == .killed(signal: SIGKILL))
        #expect(unsafe access(path, F_OK) == 0)
        let second = try daemon("unix:\(path)")
        #expect(try echo("hello", through: "UNIX-CONNECT:\(path)") == "hello")
        #expect(try second.stop() == .exited(0))
    }

    @Test func leavesASocketAloneThatIsInUse() throws {
        let first = try daemon("unix:\(path)")
        let second = try DaemonProcess(
            starting: "[Server]\nLogLevel=debug\n" + host("unix:\(path)"), in: directory,
            storesDescriptors: false)
        #expect(try second.process.waitForEnd() == .exited(1))
        let line = "host Host1 is down: unix:\(path) is in use by another program ("
        #expect(second.log(line + directory("icshostd.conf") + ":5:12)").count == 1)
        let other = try directory.write(host("unix:\(path)"), to: "other.conf")
        let check = try Icshostd.run("check", "--config", other)
        #expect(check.end == .exited(0))
        #expect(
            check.errors.contains("would be down: unix:\(path) is in use by \"icshostd\", "),
            "\(check.errors)")
        #expect(try echo("hello", through: "UNIX-CONNECT:\(path)") == "hello")
        #expect(try first.stop() == .exited(0))
    }

    @Test func checkLeavesNothingBehind() throws {
        let file = try directory.write(host("unix:\(path)"), to: "icshostd.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(0))
        #expect(!check.errors.contains("warning: ") && !check.errors.contains("error: "))
        #expect(unsafe access(path, F_OK) != 0)
    }

    @Test func anOwnerThatDoesNotExistIsATroubleOfItsHost() throws {
        // The other one keeps the daemon.
        let other = "[Host2]\nHosts=b.test\nBindIpAddr=127.0.0.1\nBindNonPort=auto"
        let daemon = try daemon(
            "unix:\(path)", "UnixOwner=no-such-user\n" + "Handler=echo\n" + other)
        try daemon.waitForLog("host Host1 is down: cannot listen on unix:\(path): getpwnam: ")
        #expect(unsafe access(path, F_OK) != 0)
    }

    @Test func saysHowToReachIt() throws {
        let file = try directory.write(host("unix:\(path)"), to: "icshostd.conf")
        let process = try ChildProcess([Icshostd.path, "run", "--config", file, "--print-plan"])
        try waitUntil("the plan") { process.output.contains("\n  nc -U \(path)\n") }
    }
}
