import TestSupport
import Testing

/// A first configuration by `icshostd init`.
@Suite struct InitScenarios {
    private let directory: TemporaryDirectory
    private var file: String { directory("first/icshostd.conf") }

    init() throws { directory = try TemporaryDirectory() }

    private func initialize(_ flags: String...) throws -> Command {
        try Command([Icshostd.path, "init", "--config", file, "--address", "127.0.0.1"] + flags)
    }

    private func contents(_ path: String) throws -> String { try Command.succeed(["cat", path]) }

    /// What `check` says of the file, which has to pass.
    private func check(_ path: String) throws -> String {
        let check = try Command([
            "env", "STATE_DIRECTORY=\(directory("state"))", Icshostd.path, "check", path,
        ])
        #expect(check.end == .exited(0), "\(check.errors)")
        return check.errors
    }

    @Test func anEchoIsServed() throws {
        let written = try initialize("--name", "a.test", "--port", "auto")
        #expect(written.end == .exited(0) && written.errors == "")
        #expect(
            written.output
                == "\(file) was written\nNext:\n  icshostd check \(file)\n  icshostd run --config \(file)\n"
        )
        #expect(try check(file) == "")
        let daemon = try DaemonProcess(contents(file))
        #expect(try daemon.plainClient().echoes("hello"))
    }

    @Test func aSiteIsServedWithACertificate() throws {
        let site = try Certificates(in: directory).pair("a.test")
        try Command.succeed(["mkdir", directory("www")])
        try directory.write("the page\n", to: "www/index.html")
        let written = try initialize(
            "--name", "a.test", "--name", "*.b.test", "--documents", directory("www"), "--port",
            "auto",
            "--ssl-port", "auto", "--certificate", site.certificate, "--key", site.key)
        #expect(written.end == .exited(0), "\(written.errors)")
        #expect(try !check(file).contains("error"))
        let daemon = try DaemonProcess(contents(file))
        let port = try daemon.tlsPort()
        let page = try Command.succeed([
            "curl", "-sk", "--resolve", "a.test:\(port):127.0.0.1", "https://a.test:\(port)/",
        ])
        #expect(page == "the page\n")
    }

    @Test func aCertificateThatIsMadeHereIsAWarningOnly() throws {
        let written = try initialize(
            "--name", "a.test", "--handler", "daytime", "--ssl-port", "auto")
        #expect(written.end == .exited(0))
        let told = try check(file)
        #expect(
            told.contains(": warning: IcsHost1: SslCert is not set") && !told.contains(": error: "))
        let daemon = try DaemonProcess(contents(file))
        #expect(try daemon.tlsClient(name: "a.test").receiveText() != "")
        #expect(daemon.listeners.map(\.isTLS) == [true])
    }

    @Test func programsAndTargetsAreTaken() throws {
        let program = try initialize(
            "--name", "a.test", "--handler", "EXEC", "--set", "Exec=/bin/cat -u", "--port", "auto")
        #expect(program.end == .exited(0), "\(program.errors)")
        let daemon = try DaemonProcess(contents(file))
        #expect(try daemon.plainClient().echoes("to a program"))
        let proxy = try initialize(
            "--name", "b.test", "--target", "127.0.0.1:\(daemon.plainPort())", "--port", "auto",
            "--force")
        #expect(proxy.end == .exited(0), "\(proxy.errors)")
        let relay = try DaemonProcess(contents(file))
        #expect(try relay.plainClient().echoes("through a proxy"))
    }

    @Test func aFileThatIsThereIsLeftAlone() throws {
        try #require(initialize("--name", "a.test", "--port", "auto").end == .exited(0))
        let first = try contents(file)
        let again = try initialize("--name", "b.test", "--port", "auto")
        #expect(again.end == .exited(1) && again.output == "")
        #expect(
            again.errors
                == "icshostd init: \(file) exists already and has hosts: use --force to replace it, "
                + "or --config for another file\n")
        #expect(try contents(file) == first)
        #expect(try initialize("--name", "b.test", "--port", "auto", "--force").end == .exited(0))
        #expect(try contents(file) == first.replacing("a.test", with: "b.test"))
    }

    /// The installed file has every key, which somebody may want to keep.
    @Test func besideAFileWithoutHostsItIsAFurtherOne() throws {
        let main = try directory.write("[Server]\nMaxClients=7\n", to: "icshostd.conf")
        let words = [
            Icshostd.path, "init", "--config", main, "--name", "a.test", "--address", "127.0.0.1",
            "--port", "auto",
        ]
        let written = try Command(words)
        #expect(written.end == .exited(0), "\(written.errors)")
        #expect(written.output.hasPrefix("\(directory("conf.d/first.conf")) was written\n"))
        #expect(try contents(main) == "[Server]\nMaxClients=7\n")
        #expect(try check(main) == "")
        let again = try Command(words)
        #expect(again.end == .exited(1))
        #expect(again.errors.contains("has hosts: use --force to replace it"))
    }

    @Test func whatCouldNotServeIsNotWritten() throws {
        let wrong = try initialize("--name", "a.test", "--port", "auto", "--set", "MaxClient=7")
        #expect(wrong.end == .exited(1))
        #expect(wrong.errors.contains(": error: ") && wrong.errors.contains("nothing was written"))
        let program = try initialize(
            "--name", "a.test", "--port", "auto", "--handler", "exec", "--set", "Exec=cat")
        #expect(program.end == .exited(1) && program.errors.contains("must be an absolute path"))
        let key = try initialize(
            "--name", "a.test", "--ssl-port", "auto", "--certificate",
            directory.write("no certificate", to: "a.pem"))
        #expect(key.end == .exited(1) && key.errors.contains("a.pem"))
        #expect(try Command(["ls", directory("first")]).end != .exited(0))
    }

    @Test(arguments: [
        (["--port", "7"], "--name is required where standard input is not a terminal"),
        (
            ["--name", "a\nHandler=exec"],
            "--name must be one line of UTF-8 text without control characters"
        ),
        (["--name", "a;b"], "--name must not contain ; or quotes, not \"a;b\""),
        (["--name", "a", "--handler", "ecko"], "did you mean \"echo\"?"),
        (["--name", "a", "--handler", "web"], "--handler web requires --documents DIR"),
        (["--name", "a", "--handler", "exec"], "--handler exec requires --set Exec=…"),
        (["--name", "a", "--handler", "proxy"], "--handler proxy requires --target HOST:PORT"),
        (["--name", "a", "--target", "b"], "--target must be HOST:PORT, not \"b\""),
        (
            ["--name", "a", "--documents", "/", "--handler", "echo"],
            "--documents requires --handler web"
        ),
        (
            ["--name", "a", "--documents", "/no/such"],
            "--documents must be an existing path, not \"/no/such\""
        ),
        (
            ["--name", "a", "--port", "x"],
            "--port must be a port from 1 to 65535, 0 for none, or auto"
        ),
        (["--name", "a", "--port", "0", "--ssl-port", "0"], "--port or --ssl-port must be a port"),
        (["--name", "a", "--key", "/dev/null"], "--key requires --certificate"),
        (["--name", "a", "--set", "Exec"], "--set must be KEY=VALUE, not \"Exec\""),
        (["--name", "a", "--set", "[Host2]\nExec=1"], "--set must be KEY=VALUE"),
    ])
    func aFlagThatCannotBeObeyedIsRefused(_ flags: [String], _ message: String) throws {
        let command = try Command([Icshostd.path, "init", "--config", file] + flags)
        #expect(command.end == .exited(64) && command.output == "")
        #expect(command.errors.contains(message), "\(command.errors)")
        #expect(try Command(["ls", directory("first")]).end != .exited(0))
    }

    @Test func itAsksOnATerminal() throws {
        let answers = ["a test", "a.test", "", "http", "auto", "0"]
        let command = try Command(
            [
                "script", "-qec", "\(Icshostd.path) init --config \(file) --address 127.0.0.1",
                "/dev/null",
            ],
            input: Array((answers.joined(separator: "\n") + "\n").utf8))
        #expect(command.output.contains("Server names, separated by commas: "))
        #expect(command.output.contains("The answer must be DNS names"))
        #expect(command.output.contains("[echo]: ") && command.output.contains("[7000]: "))
        #expect(command.output.contains("not \"http\"") && command.output.contains("was written"))
        let lines = try contents(file).split(separator: "\n").filter { !$0.hasPrefix(";") }
        #expect(
            lines == [
                "[IcsHost1]", "Hosts=a.test", "BindIpAddr=127.0.0.1", "BindNonPort=auto",
                "Handler=echo",
            ])
    }

    @Test func withoutAHostAStartNamesIt() throws {
        let main = try directory.write("[Server]\n", to: "icshostd.conf")
        for word in ["check", "run"] {
            let command = try Icshostd.run(word, "--config", main)
            #expect(command.end == .exited(1))
            #expect(command.errors.contains("no host section: run icshostd init, or "))
        }
    }
}
