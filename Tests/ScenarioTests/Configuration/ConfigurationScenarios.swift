import Foundation
import Glibc
import TestSupport
import Testing

/// What the commands make of a file: their words and their exit status.
@Suite struct ConfigurationScenarios {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func aCertificateMadeHereThatWouldBeTooWeakIsATroubleInCheckToo() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(
            """
            [Host1]
            Hosts=a.test
            HostTag=a\u{1B}[31mb
            BindIpAddr=127.0.0.1
            BindSslPort=auto
            SslSecLevel=sslSrvSecHigh192
            Handler=echo
            """, to: "weak.conf")
        for verb in ["check", "run"] {
            let command = try Command([Icshostd.path, verb, "--config", file])
            #expect(command.end == .exited(1))
            #expect(command.errors.contains("too weak for SslSecLevel"), "\(command.errors)")
            // And nothing of the file commands the terminal.
            #expect(!command.errors.contains("\u{1B}"))
        }
    }

    @Test(arguments: ["run", "check", "plan"])
    func aFileThatCannotBeReadIsStatusTwo(_ verb: String) throws {
        let missing = try Icshostd.run(verb, "--config", directory("none.conf"))
        #expect(missing.end == .exited(2))
        #expect(
            missing.errors
                == "icshostd: cannot read the configuration \"\(directory("none.conf"))\": "
                + "there is no such file\n")
        let folder = try Icshostd.run(verb, "--config", directory.path)
        #expect(folder.end == .exited(2))
        #expect(folder.errors.hasSuffix(": it is a directory\n"))
    }

    @Test func aForbiddenFileIsStatusTwo() throws {
        let file = try directory.write("[Server]\n", to: "secret.conf")
        unsafe chmod(file, 0)
        // Root may read everything.
        let user = getuid() == 0 ? ["setpriv", "--reuid=65534", "--clear-groups"] : []
        // The binary may be where that user cannot look.
        let binary = directory("icshostd")
        try Command.succeed(["cp", Icshostd.path, binary])
        let command = try Command(user + [binary, "check", "--config", file])
        #expect(command.end == .exited(2), "\(command.errors)")
        let name = try getuid() == 0 ? "nobody" : Command.succeed(["id", "-un"]).dropLast()
        #expect(command.errors.hasSuffix(": user \(name) may not read it\n"))
    }

    @Test(arguments: ["run", "check", "plan"])
    func anEmptyFileHasNoHosts(_ verb: String) throws {
        let command = try icshostd(verb, "")
        #expect(command.end == .exited(1))
        #expect(command.errors.contains("icshostd.conf:1:1: error: "))
    }

    /// Files of the kernel go on for ever or wait for it; a FIFO without a writer waits, too.
    @Test func whatIsNoFileIsRefusedAtOnce() throws {
        for path in ["/proc/kmsg", "/dev/zero"] {
            let command = try Icshostd.run("check", path)
            #expect(command.end == .exited(2))
            #expect(command.errors.hasSuffix("\"\(path)\": it is not a regular file\n"))
        }
        try Command.succeed(["mkfifo", directory("fifo")])
        for pattern in ["/proc/kmsg", "/dev/*", "fifo"] {
            let command = try icshostd(
                "check", "Include=\(pattern)\n" + host(1, "BindNonPort=auto"))
            #expect(command.end == .exited(1))
            #expect(command.errors.contains(":1:9: error: cannot read the configuration \""))
            #expect(command.errors.contains("\": it is not a regular file\n"))
        }
    }

    @Test(arguments: ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
    func aPipeMayBeTheFile(_ path: String) throws {
        let text = Array(host(1, "BindNonPort=auto").utf8)
        let command = try Command([Icshostd.path, "check", path], input: text)
        #expect(command.end == .exited(0), "\(command.errors)")
        let none = try Command([Icshostd.path, "check", path])
        #expect(none.end == .exited(2))
        #expect(none.errors.hasSuffix(": reading it timed out\n"))
        let file = try directory.write(text, to: "c.conf")
        let shell = "cat \"$2\" | \"$0\" check \"$1\""
        let pipe = try Command(["sh", "-c", shell, Icshostd.path, path, file])
        #expect(pipe.end == .exited(0), "\(pipe.errors)")
    }

    @Test func aBinaryFileIsAMistakeAndNoTrouble() throws {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 167 ^ $0 >> 5) }
        let file = try directory.write(bytes, to: "icshostd.conf")
        let command = try Icshostd.run("check", "--config", file)
        #expect(command.end == .exited(1))
        #expect(command.errors.contains("icshostd.conf:1:"))
        #expect(command.errors.utf8.count < 100_000)
    }

    @Test func aLineOfTenMebibytesIsAMistakeAndNoTrouble() throws {
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20)
        let file = try directory.write(Array("[Server]\n".utf8) + line, to: "icshostd.conf")
        let command = try Icshostd.run("check", "--config", file)
        #expect(command.end == .exited(1))
        #expect(command.errors.contains("icshostd.conf:2:1: error: "))
        #expect(command.errors.utf8.count < 2_000)
    }

    @Test(arguments: ["run", "check", "plan"])
    func allMistakesAreToldAtOnceWithTheirPlaces(_ verb: String) throws {
        let command = try icshostd(
            verb,
            """
            [Server]
            Wrokers=2
            MaxClients=many
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.999
            BindNonPort=http
            Handler=echo
            [Nonsense]
            """)
        #expect(command.end == .exited(1))
        let places = command.errors.split(separator: "\n").compactMap { line in
            // The daemon's own records put the severity first, too.
            line.firstRange(of: ": error: ").map { end in
                String(line[..<end.lowerBound].split(separator: "/").last ?? "")
            }
        }
        #expect(
            places == [
                "icshostd.conf:2:1", "icshostd.conf:3:12", "icshostd.conf:6:12",
                "icshostd.conf:7:13", "icshostd.conf:9:1",
            ])
        #expect(command.errors.contains("\n  BindNonPort=http\n              ^\n"))
    }

    /// What only the preparation of hosts finds does not wait until the mistakes of the file are
    /// mended; and nothing is told that may follow from one of them.
    @Test func handlersCertificatesAndPathsAreToldBesideMistakes() throws {
        let none = directory("none.pem")
        let command = try icshostd(
            "check",
            """
            [Server]
            Wrokers=2
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindNonPort=http
            BindSslPort=https
            SslCert=\(none)
            Handler=ecoh
            [Host2]
            Hosts=b.test
            BindIpAddr=127.0.0.1
            BindSslPort=auto
            SslCert=C:\\a.pem,D:\\b.pem
            Handler=exec
            Exec=\(directory("none"))
            [Host3]
            Hosts=c.test
            BindIpAddr=127.0.0.1
            BindSslPort=auto
            SslCrt=\(none)
            Handler=exec
            Exce=x
            [Host4]
            Hosts=d.test
            BindIpAddr=127.0.0.1
            BindSslPort=auto
            SslCert=\(directory.path)
            Handler=exec
            Exec="
            """)
        #expect(command.end == .exited(1))
        let errors = command.errors.split(separator: "\n").compactMap { line in
            line.firstRange(of: "icshostd.conf:").map { String(line[$0.upperBound...]) }
        }.filter { $0.contains(": error: ") }
        let found = errors.map { $0.replacing(directory.path, with: "D") }
        let starts = [
            "2:1: error: unknown key", "6:13: error: BindNonPort must",
            "7:13: error: BindSslPort must",
            "9:9: error: Host1 would be down: no handler",
            "14:9: error: Host2 would be down: SslCert is a Windows path",
            "14:18: error: Host2 would be down: SslCert is a Windows path",
            "16:6: error: Host2 would be down: Exec: ", "21:1: error: unknown key",
            "23:1: error: unknown key", "28:9: error: Host4 would be down: certificate",
            "30:6: error: Exec: the quote",
        ]
        #expect(found.count == starts.count, "\(found)")
        for (line, start) in zip(found, starts) { #expect(line.hasPrefix(start)) }
        #expect(command.errors.contains(":8:9: warning: Host1: there is no \(none): "))
    }

    @Test func aClashNamesBothPlaces() throws {
        let command = try icshostd(
            "check", host(1, "BindNonPort=7000") + host(2, "BindSslPort=7000"))
        #expect(command.end == .exited(1))
        #expect(command.errors.contains("icshostd.conf:9:13: error: 127.0.0.1:7000 cannot be SSL"))
        #expect(command.errors.contains("icshostd.conf:4:13: note: "))
    }

    @Test func checkTellsWhatWillServe() throws {
        let command = try icshostd(
            "check", host(1, "BindNonPort=auto") + host(2, "BindNonPort=auto\nHostEnabled=False"))
        #expect(command.end == .exited(0), "\(command.errors)")
        #expect(command.output.hasSuffix("no mistakes; 1 of 2 hosts enabled, 1 listener\n"))
    }

    @Test func thePlanIsATableOrJSON() throws {
        let text = host(1, "BindNonPort=7000\nBindSslPort=7001") + host(2, "BindSslPort=7001")
        let table = try icshostd("plan", text)
        #expect(table.end == .exited(0), "\(table.errors)")
        let rows = table.output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(rows.map { $0[0] } == ["ADDRESS", "127.0.0.1", "127.0.0.1", "127.0.0.1"])
        #expect(rows.map { $0[1] } == ["PORT", "7000", "7001", "7001"])
        #expect(rows.map { $0[3] } == ["HOST", "Host1", "Host1", "Host2"])
        let json = try Icshostd.run("plan", "--json", "--config", directory("icshostd.conf"))
        let plan = try JSONDecoder().decode(Plan.self, from: Data(json.output.utf8))
        #expect(plan.endpoints.map(\.port) == [7000, 7001])
        #expect(plan.endpoints.map(\.ssl) == [false, true])
        #expect(plan.endpoints.map { $0.hosts.map(\.section) } == [["Host1"], ["Host1", "Host2"]])
    }

    /// What a program reads of `plan --json`.
    private struct Plan: Decodable {
        struct Endpoint: Decodable {
            let port: Int
            let ssl: Bool
            let hosts: [Host]
        }

        struct Host: Decodable {
            let section: String
        }

        let endpoints: [Endpoint]
    }

    @Test func theVersionIsOneLine() throws {
        let command = try Icshostd.run("--version")
        #expect(command.end == .exited(0))
        #expect(command.output.hasPrefix("icshostd "))
        #expect(command.output.split(separator: "\n").count == 1)
    }

    @Test(arguments: [["run", "--nosuch"], ["start"], ["plan", "--config"], ["check", "a", "b"]])
    func aWrongCommandLineIsStatus64(_ words: [String]) throws {
        let command = try Command([Icshostd.path] + words)
        #expect(command.end == .exited(64))
        let help = words == ["start"] ? "The commands are run, " : "Usage: icshostd"
        #expect(command.errors.contains(help))
    }

    /// Runs a command on a file with this text.
    private func icshostd(_ verb: String, _ text: String) throws -> Command {
        let file = try directory.write(text, to: "icshostd.conf")
        return try Icshostd.run(verb, "--config", file)
    }

    private func host(_ number: Int, _ keys: String) -> String {
        """
        [Host\(number)]
        Hosts=\(number).test
        BindIpAddr=127.0.0.1
        \(keys)
        Handler=echo

        """
    }
}
