import Glibc
import TestSupport
import Testing

/// Where somebody else could put files of their own in the place of the daemon's: it is told, by `check`
/// and at the start alike, and nothing of theirs is trusted.
@Suite struct PlacementScenarios {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// A directory that everybody may write to.
    private func open(_ name: String) throws -> String {
        let path = directory(name)
        try #require(unsafe mkdir(path, 0o755) == 0)
        try #require(unsafe chmod(path, 0o777) == 0)
        return path
    }

    @Test func checkAndStartWarnOfDirectoriesThatOthersCanWrite() throws {
        let open = try open("open")
        try Command.succeed(["cp", "/bin/cat", "\(open)/program"])
        let text = """
            [Server]
            ControlSocket=\(open)/control
            [Host1]
            Hosts=a.test
            BindIpAddr=unix:\(open)/a.sock
            Handler=exec
            Exec=\(open)/program
            [Host2]
            Hosts=b.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=web
            DocDir=/usr/share
            WebLogDir=\(open)

            """
        let warnings = [
            ":2:15: warning: other users could replace \(open)/control: ",
            ":5:12: warning: Host1: other users could replace unix:\(open)/a.sock: ",
            ":7:6: warning: Host1: Exec: other users could replace \(open)/program: ",
            ":14:11: warning: Host2: WebLogDir: other users could replace the log: ",
        ].map { "icshostd.conf\($0)\(open) can be written by everybody" }
        let file = try directory.write(text, to: "icshostd.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(0), "\(check.errors)")
        for warning in warnings { #expect(check.errors.contains(warning), "\(check.errors)") }
        let daemon = try DaemonProcess(text, in: directory)
        for warning in warnings { #expect(daemon.log(warning).count == 1, "\(daemon.log)") }
    }

    @Test func aKeyThatOthersCouldHaveMadeIsNotUsed() throws {
        let text = """
            [Server]
            StateDirectory=\(directory("state"))
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindSslPort=auto
            Handler=echo

            """
        // Made while nobody else could write there.
        #expect(try DaemonProcess(text, in: directory).stop() == .exited(0))
        let path = directory("state/certificates/host1.pem")
        let made = try Command.succeed(["cat", path])
        try #require(unsafe chmod(directory("state"), 0o777) == 0)
        let daemon = try DaemonProcess(text, in: directory)
        try daemon.waitForLog(
            "the self-signed certificate is lost at the next shutdown: other users could replace"
                + " \(path): \(directory("state")) can be written by everybody")
        let shown = try Command([
            "openssl", "s_client", "-connect", "127.0.0.1:\(daemon.tlsPort())",
        ]).output
        let lines = made.split(separator: "\n").dropFirst()
        #expect(!shown.contains(try #require(lines.first)))
        #expect(try Command.succeed(["cat", path]) == made)
        let check = try Icshostd.run("check", "--config", directory("icshostd.conf"))
        #expect(
            check.errors.contains(
                "icshostd.conf:2:16: warning: other users could replace \(directory("state")): "),
            "\(check.errors)")
    }
}
