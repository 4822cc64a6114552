import TestSupport
import Testing

/// A file of an ICS program, served as it is but for `[PathMap]`.
@Suite struct ForeignScenarios {
    private let directory: TemporaryDirectory
    private let certificates: Certificates

    init() throws {
        directory = try TemporaryDirectory()
        certificates = try Certificates(in: directory)
    }

    private func text(_ lines: String) -> String {
        """
        [General]
        ServLogDir=c:\\logs
        [WebAppServer]
        MaxClients=200
        Options=[hoAllowPut, hoSendServerHdr]
        [Host1]
        Hosts=a.test
        HostTag=SHOP
        Desc=the shop
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        Enabled=True
        Handler=echo

        """ + lines
    }

    @Test func anUnmappedPathLeavesItsHostOutAndSaysTheLineToAdd() throws {
        let more = """
            BindSslPort=auto
            SslCert=C:\\certs\\a.pem
            WebDocDir=www\\root
            [Host2]
            Hosts=b.test
            HostEnabled=True
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=echo

            """
        let daemon = try DaemonProcess(text(more), in: directory)
        try daemon.waitForStatus("1 of 2 hosts up, 1 listeners, ")
        try daemon.waitForLog(
            "host SHOP is left out: SslCert is the path of a Windows machine: add the line "
                + "C:\\certs=/etc/icshostd/certs to [PathMap]")
        let check = try Icshostd.run("check", "--config", directory("icshostd.conf"))
        #expect(check.end == .exited(1))
        #expect(check.errors.contains("add the line www\\root=/etc/icshostd/root to [PathMap]"))
        #expect(check.errors.contains(":1:1: note: not used by icshostd: [General]"))
    }

    /// It is parsed and checked, not served.
    @Test func aDisabledHostsPathIsAWarningOfCheck() throws {
        let disabled = """
            [Host2]
            Hosts=b.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Enabled=False
            WebLogDir=D:\\logs
            Handler=echo

            """
        let file = try directory.write(text(disabled), to: "two.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(0))
        #expect(
            check.errors.contains(
                "warning: Host2 could not serve if it were enabled: WebLogDir is the path of a "
                    + "Windows machine: add the line D:\\logs=/etc/icshostd/logs to [PathMap]"),
            "\(check.errors)")
    }

    @Test func aMappedPathServes() throws {
        _ = try certificates.pair("a.test")
        let more = """
            BindSslPort=auto
            SslCert=C:\\certs\\a.test.pem
            SslKey=C:\\certs\\a.test.key
            [PathMap]
            c:\\CERTS=\(directory.path)

            """
        let daemon = try DaemonProcess(text(more), in: directory)
        try daemon.waitForStatus("1 of 1 hosts up, 2 listeners, ")
        #expect(try daemon.stop() == .exited(0))
    }

    @Test func certificatesMayStandInTheFile() throws {
        let pair = try certificates.pair("a.test")
        let (certificate, key) = try (inline(pair.certificate), inline(pair.key))
        let more = "BindSslPort=auto\nSslCert=\(certificate)\nSslKey=\(key)\n"
        let daemon = try DaemonProcess(text(more), in: directory)
        try daemon.waitForStatus("1 of 1 hosts up, 2 listeners, ")
        let plan = try Icshostd.run("plan", "--config", directory("icshostd.conf"))
        #expect(plan.output.contains("inline"))
        #expect(!(plan.output + plan.errors).contains("BEGIN"))
    }

    /// A PEM file as one line.
    private func inline(_ path: String) throws -> String {
        try Command(["cat", path]).output.split(separator: "\n").joined(separator: "\\n")
    }
}
