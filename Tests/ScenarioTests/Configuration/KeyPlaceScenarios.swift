import Glibc
import TestSupport
import Testing

/// What is wrong with a file is told at the key that names it, with the path and the reason in words.
@Suite struct KeyPlaceScenarios {
    private let directory: TemporaryDirectory
    private let pair: Certificates.Pair

    init() throws {
        directory = try TemporaryDirectory()
        pair = try Certificates(in: directory).pair("a.test")
    }

    private func text(_ lines: String) -> String {
        """
        [Server]
        StateDirectory=\(directory.path)
        ControlSocket=\(directory("control"))
        [Host1]
        Hosts=a.test
        HostTag=T
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        BindSslPort=auto
        SslCert=\(pair.certificate)
        SslKey=\(pair.key)
        Handler=proxy
        \(lines)
        [Target1]
        HostTag=T
        TarHost=127.0.0.1
        TarPort=1
        TarSsl=True
        [Host2]
        Hosts=b.test
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        Handler=echo

        """
    }

    @Test(arguments: [
        ("TarCA=@", "TarCA: target authority file \"@\""),
        ("TarCert=@", "TarCert: certificate file \"@\""),
        ("SslInter=@", "intermediates file \"@\""), ("SslPassword=file:@", "password file \"@\""),
        ("CliCertMethod=Require\nCliCertCA=@", "client authority file \"@\""),
    ])
    func aFileThatCannotBeReadIsToldAtItsKey(_ lines: String, _ what: String) throws {
        let missing = directory("none.pem")
        let lines = lines.replacing("@", with: missing).replacing(
            "=Require", with: "=sslCliCertRequire")
        let file = try directory.write(text(lines), to: "one.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(1))
        let last = lines.split(separator: "\n").count + 12
        let key = lines.split(separator: "\n").last?.prefix { $0 != "=" } ?? ""
        let message = what.replacing("@", with: missing)
        // Without its certificate a host keeps its plain port.
        let isOfCertificate = key == "SslInter" || key == "SslPassword"
        let outcome =
            isOfCertificate ? "SSL clients of Host1 would be refused" : "Host1 would be down"
        #expect(
            check.errors.contains(
                "one.conf:\(last):\(key.count + 2): error: \(outcome): \(message) cannot be "
                    + "read: no such file or directory"), "\(check.errors)")
    }

    @Test func aFileThatHoldsSomethingElseIsToldAtItsKey() throws {
        let lines = "TarCA=\(directory("one.conf"))"
        let daemon = try DaemonProcess(text(lines), in: directory)
        try directory.write("x", to: "one.conf")
        try daemon.waitForStatus("1 of 2 hosts up, ")
        #expect(try daemon.stop() == .exited(0))
        let check = try Icshostd.run("check", "--config", directory("icshostd.conf"))
        #expect(
            check.errors.contains(
                "TarCA: \"\(directory("one.conf"))\" does not hold certificates of authorities: "),
            "\(check.errors)")
        #expect(!check.errors.contains("unknown error"))
    }

    @Test func aKeyThatDoesNotMatchIsToldAtItsKey() throws {
        let lines = "TarCert=\(pair.certificate)\nTarKey=\(directory("stranger.key"))"
        let other = try Certificates(in: directory).pair("other")
        try Command.succeed(["cp", other.key, directory("stranger.key")])
        let file = try directory.write(text(lines), to: "one.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.errors.contains("one.conf:14:8: error: Host1 would be down: TarKey: "))
    }

    @Test(arguments: [
        ("TarVerify=False\nTarCA=/x", "", "TarCA: has no effect: TarVerify is False"),
        ("TarKey=/x", "", "TarKey: has no effect: TarCert is not set"),
        ("TarCA=/x", "TarSsl=True", "TarCA: has no effect: no target has TarSsl=True"),
    ])
    func filesThatNobodyReadsAreAWarning(_ lines: String, _ without: String, _ message: String)
        throws
    {
        let text = text(lines).replacing(without.isEmpty ? "\u{1}" : without, with: "")
        let file = try directory.write(text, to: "one.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(0), "\(check.errors)")
        #expect(check.errors.contains("warning: Host1: \(message)"), "\(check.errors)")
    }
}
