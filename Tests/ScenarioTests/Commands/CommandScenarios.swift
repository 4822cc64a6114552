import Foundation
import TestSupport
import Testing

/// The commands that look at configurations and change nothing.
@Suite struct CommandScenarios {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private static let host = """
        [Host1]
        HostEnabled=True
        Hosts=a.test
        BindIpAddr=127.0.0.1
        Handler=echo

        """

    /// What a program reads of `check --json`.
    private struct Findings: Decodable {
        struct Item: Decodable {
            let severity: String
            let file: String
            let line: Int
            let column: Int
            let message: String
            let related: [Place]
        }

        struct Place: Decodable {
            let line: Int
            let message: String
        }

        let errors: Int
        let warnings: Int
        let notes: Int
        let diagnostics: [Item]
    }

    private func check(_ text: String, _ flags: String...) throws -> Command {
        let file = try directory.write(text, to: "c.conf")
        return try Command([Icshostd.path, "check", "--config", file] + flags)
    }

    @Test func checkPrintsJSON() throws {
        let command = try check(
            "[Proxy]\nRootCA=x\n" + Self.host + "BindNonPort=0\nDescr=a\nDesc=b\n", "--json")
        #expect(command.end == .exited(1))
        #expect(command.errors == "")
        let found = try JSONDecoder().decode(Findings.self, from: Data(command.output.utf8))
        #expect(found.errors == 1 && found.warnings == 0 && found.notes == 1)
        #expect(found.diagnostics.map(\.severity) == ["note", "error"])
        #expect(found.diagnostics.map(\.line) == [2, 10])
        #expect(found.diagnostics.last?.related.map(\.line) == [9])
        #expect(found.diagnostics.last?.file == directory("c.conf"))
    }

    @Test(arguments: [["check"], ["plan"], ["explain", "127.0.0.1:7000"]])
    func mistakesAreJSONToo(_ words: [String]) throws {
        let command = try Command([Icshostd.path] + words + ["--json", directory("none")])
        #expect(command.end == .exited(2))
        #expect(command.errors == "")
        let found = try JSONDecoder().decode(Findings.self, from: Data(command.output.utf8))
        #expect(found.errors == 1 && found.diagnostics.map(\.file) == [directory("none")])
        #expect(found.diagnostics.first?.message.hasSuffix("there is no such file") == true)
        let file = try directory.write("[Servr]\n", to: "c.conf")
        let mistaken = try Command([Icshostd.path] + words + ["--json", file])
        #expect(mistaken.end == .exited(1) && mistaken.errors == "")
        let mistakes = try JSONDecoder().decode(Findings.self, from: Data(mistaken.output.utf8))
        #expect(mistakes.errors == 1 && mistakes.diagnostics.first?.line == 1)
    }

    /// What is no mistake is a part of the answer; standard error is silent.
    @Test(arguments: [["plan"], ["plan", "--against", "c.conf"], ["explain", "127.0.0.1:7000"]])
    func whatElseThereIsToTellIsInTheObject(_ words: [String]) throws {
        let file = try directory.write(
            "[General]\n" + Self.host + "BindNonPort=7000\nSslSecLevel=3\n", to: "c.conf")
        let words = words.map { $0 == "c.conf" ? file : $0 }
        let command = try Command([Icshostd.path] + words + ["--json", "--config", file])
        #expect(command.end == .exited(0) && command.errors == "")
        let found = try JSONDecoder().decode(Findings.self, from: Data(command.output.utf8))
        #expect(found.errors == 0 && found.notes > 0 && !found.diagnostics.isEmpty)
        let text = try Command([Icshostd.path] + words + ["--config", file])
        #expect(text.errors.contains(": note: not used by icshostd: [General]\n"))
    }

    /// What only a handler finds is a mistake for all commands.
    @Test(arguments: [["check"], ["plan"], ["explain", "127.0.0.1:7000"]])
    func aMistakeThatAHandlerFindsIsOneForAll(_ words: [String]) throws {
        let file = try directory.write(
            Self.host.replacing("echo", with: "exec") + "BindNonPort=7000\nExec=cat\n",
            to: "c.conf")
        let command = try Command([Icshostd.path] + words + [file])
        #expect(command.end == .exited(1))
        #expect(command.errors.contains(": error: Exec: must be an absolute path, not \"cat\"\n"))
        let run = try Icshostd.run("run", "--config", file)
        #expect(run.end == .exited(1))
        #expect(run.errors.contains(": error: Exec: must be an absolute path, not \"cat\"\n"))
    }

    /// A daemon starts when somebody says so.
    @Test func withoutACommandTheUsageIsPrinted() throws {
        let command = try Icshostd.run()
        #expect(command.end == .exited(64) && command.output == "")
        #expect(command.errors.contains("USAGE: icshostd <subcommand>"))
        #expect(command.errors.contains("  run "))
        let options = try Icshostd.run("--config", "x.conf")
        #expect(options.end == .exited(64))
    }

    @Test func everyAddressHasAName() throws {
        let found = try check(
            Self.host.replacing("127.0.0.1", with: "*,127.0.0.1:80,[::]") + "BindNonPort=7000\n")
        #expect(found.end == .exited(1))
        for hint in [
            "not \"*\"; for all addresses write 0.0.0.0, ::\n",
            "not \"127.0.0.1:80\"; its port is that of BindNonPort or BindSslPort\n",
            "not \"[::]\"; write it without brackets\n",
        ] { #expect(found.errors.contains(hint), "\(found.errors)") }
    }

    /// As an argument or behind `--config`, whichever command looks at it.
    @Test(arguments: [["check"], ["plan"], ["convert"], ["explain", "127.0.0.1:7000"]])
    func theFileMayBeNamedInTwoWays(_ words: [String]) throws {
        let file = try directory.write(Self.host + "BindNonPort=7000\n", to: "c.conf")
        let argument = try Command([Icshostd.path] + words + [file])
        #expect(argument.end == .exited(0), "\(argument.errors)")
        let option = try Command([Icshostd.path] + words + ["--config", file])
        #expect(option.end == .exited(0) && option.output == argument.output)
        let both = try Command([Icshostd.path] + words + [file, "--config", file])
        #expect(both.end == .exited(64))
        #expect(both.errors.contains("name the configuration once: FILE or --config FILE"))
    }

    @Test func planNamesHostsThatWouldBeDown() throws {
        let file = try directory.write(
            Self.host.replacing("echo", with: "ecoh") + "BindNonPort=7000\n", to: "c.conf")
        let table = try Icshostd.run("plan", file)
        #expect(table.end == .exited(0))
        #expect(table.output.contains("  Host1 (default, down)  "), "\(table.output)")
        let trouble = "no handler named \"ecoh\": did you mean \"echo\"?"
        #expect(table.output.hasSuffix("\n\nHost1 would be down: \(trouble)\n"))
        let json = try Icshostd.run("plan", "--json", file).output
        #expect(
            json.contains("\"trouble\": \"\(trouble.replacing("\"", with: "\\\""))\""), "\(json)")
    }

    @Test func strictTakesWarningsForMistakes() throws {
        let warning = Self.host + "BindNonPort=0\n"
        #expect(try check(warning).end == .exited(0))
        #expect(try check(warning, "--strict").end == .exited(1))
        let note = "[General]\n" + Self.host + "BindNonPort=auto\n"
        #expect(try check(note, "--strict").end == .exited(0))
    }

    @Test func moreListenersThanTheUnitKeepsAreAWarning() throws {
        func file(_ count: Int) throws -> String {
            let addresses = (0..<count).map { "127.9.\($0 / 250).\($0 % 250 + 1)" }
            return try directory.write(
                "[Host1]\nHosts=*\nBindIpAddr=\(addresses.joined(separator: ","))\n"
                    + "BindNonPort=\(port.number)\nHandler=echo\n", to: "many.conf")
        }
        let port = try ReservedPort()
        #expect(try !Icshostd.run("check", "--config", file(4_096)).errors.contains("systemd"))
        let many = try Icshostd.run("check", "--config", file(4_097))
        #expect(many.end == .exited(0))
        #expect(
            many.errors.contains(
                ": warning: 4097 listeners are more than systemd keeps over a restart, which are "
                    + "4096: "))
    }

    @Test func convertPrintsThePlainForm() throws {
        let file = try directory.write(
            "[WebAppServer]\nMaxClients=5\n[General]\nInclude=no\n"
                + Self.host.replacing("HostEnabled", with: "Enabled") + "bindsslport=443\n",
            to: "ics.ini")
        let command = try Icshostd.run("convert", file)
        #expect(command.end == .exited(0))
        #expect(
            command.output
                == "[Server]\nMaxClients=5\n\n[Host1]\nHosts=a.test\nHostEnabled=True\n"
                + "BindIpAddr=127.0.0.1\nBindSslPort=443\nHandler=echo\n")
        #expect(command.errors.contains("note: not used by icshostd: [General]"))
        #expect(try Icshostd.run("convert", directory("none")).end == .exited(2))
    }

    @Test func planTellsWhatWouldChange() throws {
        let old = try directory.write(Self.host + "BindNonPort=7000\n", to: "old.conf")
        let new = try directory.write(Self.host + "BindNonPort=7001\n", to: "new.conf")
        let command = try Icshostd.run("plan", "--config", new, "--against", old)
        #expect(command.end == .exited(0))
        #expect(
            command.output
                == "- listener 127.0.0.1:7000\n+ listener 127.0.0.1:7001\n"
                + "~ host Host1: BindNonPort\n0 listeners and 0 hosts are unchanged\n")
    }

    @Test func filesAreIncludedAndVariablesPutIn() throws {
        try Command.succeed(["mkdir", directory("conf.d"), directory("sites")])
        try directory.write(
            Self.host + "BindNonPort=${TEST_PORT:-7000}\n", to: "conf.d/1.conf")
        try directory.write(
            Self.host.replacing("Host1", with: "Host2") + "BindNonPort=7001\n", to: "sites/a.conf")
        let file = try directory.write("Include=sites/*.conf\n", to: "main.conf")
        let command = try Icshostd.run("plan", "--config", file)
        #expect(command.end == .exited(0), "\(command.errors)")
        let rows = command.output.split(separator: "\n").map { $0.split(separator: " ")[1] }
        #expect(rows == ["PORT", "7001", "7000"])
    }
}
