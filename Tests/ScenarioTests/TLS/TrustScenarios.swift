import Glibc
import TestSupport
import Testing

/// Authorities and revocation lists that change while the daemon runs.
@Suite struct TrustScenarios {
    private let hosts: SharedPort

    init() throws {
        hosts = try SharedPort()
    }

    /// What a client of `locked.test` gets: a line of its handler, or why it is refused.
    private func answer(of daemon: DaemonProcess, to pair: Certificates.Pair) throws -> String {
        let command = try Command([
            "openssl", "s_client", "-quiet", "-connect", "127.0.0.1:\(daemon.tlsPort())",
            "-servername", "locked.test", "-cert", pair.certificate, "-key", pair.key,
        ])
        if command.output.hasSuffix("-UTC\r\n") { return "served" }
        let alert = command.errors.firstRange(of: " alert ")?.upperBound
        return alert.map { String(command.errors[$0...].prefix { $0 != ":" }) } ?? command.errors
    }

    /// With one loop: several learn of a change one after the other.
    private func daemon(_ keys: String) throws -> DaemonProcess {
        let sections = [
            try hosts.section(1, "open.test", "Handler=echo"),
            try hosts.section(
                2, "locked.test", "CliCertMethod=sslCliCertRequire\n\(keys)\nHandler=daytime"),
        ]
        return try DaemonProcess(
            "[Server]\nWorkers=1\n" + sections.joined(), in: hosts.directory)
    }

    private func replace(_ name: String, with path: String) {
        #expect(unsafe rename(path, hosts.directory(name)) == 0)
    }

    private static let isReplaced =
        "notice: host Host2 verifies clients against new authorities or revocation lists"

    @Test func aNewRevocationListHoldsAndABadOneKeepsTheOld() throws {
        let certificates = hosts.certificates
        let (good, bad) = (try certificates.pair("good.test"), try certificates.pair("bad.test"))
        let path = try certificates.revocationList(of: [], to: "crl.pem")
        let daemon = try daemon("CliCertCA=\(certificates.authority)\nCliCertCRL=\(path)")
        #expect(try answer(of: daemon, to: bad) == "served")
        let open = try daemon.tlsClient(name: "open.test")
        replace("crl.pem", with: try certificates.revocationList(of: [bad], to: "new.pem"))
        try daemon.waitForLog(Self.isReplaced)
        // The record comes a moment before its loop knows.
        try daemon.wait("a refusal") {
            try answer(of: daemon, to: bad) == "certificate revoked"
        }
        #expect(try answer(of: daemon, to: good) == "served")
        try hosts.directory.write("no list", to: "crl.pem")
        try daemon.waitForLog(
            "error: host Host2 keeps its authorities and revocation lists because the new ones cannot"
                + " be used: revocation list file \"\(path)\" contains no revocation list")
        try daemon.waitForStatus("certificates: 1 not renewed")
        #expect(try answer(of: daemon, to: bad) == "certificate revoked")
        #expect(try answer(of: daemon, to: good) == "served")
        replace("crl.pem", with: try certificates.revocationList(of: [good], to: "new.pem"))
        try daemon.waitForLog(Self.isReplaced, count: 2)
        try daemon.wait("another refusal") {
            try answer(of: daemon, to: good) == "certificate revoked"
        }
        #expect(try answer(of: daemon, to: bad) == "served")
        try daemon.wait("a status without it") {
            daemon.notify.status?.contains("not renewed") == false
        }
        #expect(daemon.log("host Host1 checks").isEmpty)
        #expect(try open.echoes("still here"))
    }

    /// Kubernetes shows a directory by a link that is swapped; others copy files into it.
    @Test(arguments: [false, true])
    func aDirectoryOfAuthoritiesIsWatchedAsAWhole(_ isSwapped: Bool) throws {
        let other = try Certificates(in: TemporaryDirectory())
        let pairs = [try hosts.certificates.pair("one.test"), try other.pair("two.test")]
        for (name, authority) in [("v1", hosts.certificates.authority), ("v2", other.authority)] {
            unsafe mkdir(hosts.directory(name), 0o755)
            try Command.succeed(["cp", authority, hosts.directory("\(name)/ca.pem")])
        }
        unsafe mkdir(hosts.directory("trusted"), 0o755)
        func link(_ name: String, _ target: String) {
            unsafe symlink(target, hosts.directory("trusted/\(name).new"))
            replace("trusted/\(name)", with: hosts.directory("trusted/\(name).new"))
        }
        if isSwapped {
            link("..data", "../v1")
            link("ca.pem", "..data/ca.pem")
        } else {
            link("ca.pem", "../v1/ca.pem")
        }
        let daemon = try daemon("CliCertCA=\(hosts.directory("trusted"))")
        #expect(try answer(of: daemon, to: pairs[0]) == "served")
        #expect(try answer(of: daemon, to: pairs[1]) == "unknown ca")
        if isSwapped {
            link("..data", "../v2")
        } else {
            link("more.pem", "../v2/ca.pem")
        }
        try daemon.waitForLog(Self.isReplaced)
        try daemon.wait("the new authority") {
            try answer(of: daemon, to: pairs[1]) == "served"
        }
        #expect(try answer(of: daemon, to: pairs[0]) == (isSwapped ? "unknown ca" : "served"))
        // In place, behind a link: nothing in the directory itself changes.
        try Command.succeed([
            "cp", isSwapped ? hosts.certificates.authority : other.authority,
            hosts.directory(isSwapped ? "v2/ca.pem" : "v1/ca.pem"),
        ])
        try daemon.waitForLog(Self.isReplaced, count: 2)
        try daemon.wait("the other authority") {
            try answer(of: daemon, to: pairs[0]) == (isSwapped ? "served" : "unknown ca")
        }
    }

    /// A reload that finds the file of the configuration as it was does not undo it.
    @Test func aReloadKeepsWhatWasReadLast() throws {
        let certificates = hosts.certificates
        let pair = try certificates.pair("client.test")
        let path = try certificates.revocationList(of: [], to: "crl.pem")
        let daemon = try daemon("CliCertCA=\(certificates.authority)\nCliCertCRL=\(path)")
        replace("crl.pem", with: try certificates.revocationList(of: [pair], to: "new.pem"))
        try daemon.wait("a refusal") {
            try answer(of: daemon, to: pair) == "certificate revoked"
        }
        daemon.process.send(SIGHUP)
        try daemon.waitForLog("notice: reloaded: ")
        #expect(try answer(of: daemon, to: pair) == "certificate revoked")
        #expect(daemon.log(Self.isReplaced).count == 1)
    }
}
