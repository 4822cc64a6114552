import TestSupport
import Testing

/// A program of its own: nothing that it prints, writes or connects to is that of icshostd.
@Suite struct OwnProgramScenarios {
    private static let binary = "\(Icshostd.directory)/BlockingDaemon"

    private func run(_ words: String...) throws -> Command { try Command([Self.binary] + words) }

    /// What a text has of icshostd: the files of handlers exec and module may be named.
    private func strangers(in text: String) -> [Substring] {
        let shared = [
            "icshostd-exec", "icshostd_module", "Defined-By: icshostd", "of icshostd and",
        ]
        return text.split(separator: "\n").filter { line in
            line.lowercased().contains("icshostd") && !shared.contains { line.contains($0) }
        }
    }

    @Test func itsVersionAndHelpAreItsOwn() throws {
        #expect(try run("--version").output == "blocking-daemon 2.3.4\n")
        let help = try run("--help").output
        #expect(help.contains("USAGE: blocking-daemon <subcommand>"))
        #expect(help.contains("blocking-daemon -t is blocking-daemon check"))
    }

    @Test(
        arguments: [
            ["--help"], ["help", "run"], ["help", "reload"], ["help", "status"],
            ["help", "clients"], ["help", "disconnect"], ["help", "check"], ["help", "plan"],
            ["help", "explain"], ["help", "convert"], ["help", "init"], ["help", "handlers"],
            ["manual", "blocking-daemon.8"], ["manual", "blocking-daemon.conf.5"],
            ["manual", "blocking-daemon.conf"], ["manual", "blocking-daemon.catalog"],
            ["--generate-completion-script", "bash"], ["--generate-completion-script", "zsh"],
            ["--generate-completion-script", "fish"], ["handlers", "web"], ["handlers", "exec"],
        ])
    func noTextNamesIcshostd(_ words: [String]) throws {
        let command = try Command([Self.binary] + words)
        #expect(command.end == .exited(0))
        #expect(!command.output.isEmpty)
        #expect(strangers(in: command.output) == [])
    }

    @Test func itsDefaultPathsAreItsOwn() throws {
        let check = try run("check")
        #expect(check.end == .exited(2))
        #expect(check.errors.hasPrefix("blocking-daemon: "))
        #expect(check.errors.contains("/etc/blocking-daemon/blocking-daemon.conf"))
        let status = try run("status")
        #expect(status.end == .exited(3))
        #expect(status.errors.contains("no daemon answers at /run/blocking-daemon/control"))
        #expect(status.errors.contains("(systemctl status blocking-daemon)"))
        let sample = try run("manual", "blocking-daemon.conf").output
        #expect(sample.contains("or else /var/lib/blocking-daemon."))
        #expect(sample.contains("or else at /var/log/blocking-daemon."))
        #expect(try run("states").errors.contains("blocking-daemon: unknown command"))
    }

    @Test func itsFirstConfigurationHasItsCommands() throws {
        let directory = try TemporaryDirectory()
        let file = directory("first.conf")
        let made = try run(
            "init", "--config", file, "--name", "example.org", "--port", "auto", "--ssl-port", "0")
        #expect(made.output.contains("blocking-daemon run --config \(file)"))
        #expect(strangers(in: made.output.replacing(file, with: "")) == [])
        let text = try Command.succeed(["cat", file])
        #expect(text.contains("blocking-daemon check && systemctl reload blocking-daemon"))
        #expect(strangers(in: text) == [])
    }

    @Test func statusReachesItsOwnDaemon() throws {
        let directory = try TemporaryDirectory()
        let text = "[Host1]\nHosts=*\nBindIpAddr=127.0.0.1\nBindNonPort=auto\nHandler=echo\n"
        let daemon = try DaemonProcess(starting: text, in: directory, binary: Self.binary)
        try daemon.waitForLog("is up")
        #expect(daemon.log.first?.hasPrefix("notice: blocking-daemon 2.3.4 on ") == true)
        let status = try run("status", "--control-socket", daemon.controlPath)
        #expect(status.output.contains("blocking-daemon 2.3.4"))
        #expect(try daemon.stop() == .exited(0))
        #expect(
            strangers(in: daemon.log.joined(separator: "\n")).allSatisfy { $0.contains(" on ") })
    }
}
