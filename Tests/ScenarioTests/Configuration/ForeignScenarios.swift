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
            SslInter=inter\\a.pem
            WebDocDir=www\\root
            [Host2]
            Hosts=b.test
            HostEnabled=True
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=echo

            """
        let daemon = try DaemonProcess(text(more), in: directory)
        try daemon.waitForStatus("1 of 2 hosts up, 1 listener, ")
        try daemon.waitForLog(
            "host SHOP is down: SslCert is a Windows path: add the line "
                + "C:\\certs=/etc/icshostd/certs to [PathMap]")
        let check = try Icshostd.run("check", "--config", directory("icshostd.conf"))
        #expect(check.end == .exited(1))
        #expect(check.errors.contains("add the line inter=/etc/icshostd/inter to [PathMap]"))
        #expect(check.errors.contains("WebDocDir has no effect: it is a key of web, not of the"))
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
            WebDocDir=/
            Handler=web

            """
        let file = try directory.write(text(disabled), to: "two.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(0))
        #expect(
            check.errors.contains(
                "warning: Host2 would be down if it were enabled: WebLogDir is a Windows path: "
                    + "add the line D:\\logs=/var/log/icshostd/logs to [PathMap]"),
            "\(check.errors)")
    }

    /// Unknown handlers, certificates and paths of a disabled host are told as they would be of an
    /// enabled one, and keep nothing from starting.
    @Test func aDisabledHostIsCheckedAsOthersAre() throws {
        let disabled = """
            [Host2]
            Hosts=b.test
            BindIpAddr=127.0.0.1
            BindSslPort=auto
            SslCert=\(directory("none.pem"))
            WebTemplDir=D:\\pages
            Enabled=False
            Handler=ecoh
            [Host3]
            Hosts=c.test
            BindIpAddr=127.0.0.1
            BindSslPort=auto
            SslCert=\(directory.path)
            Enabled=False
            Handler=exec
            Exec=echo "abc

            """
        let file = try directory.write(text(disabled), to: "two.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(0), "\(check.errors)")
        let two = "warning: Host2 would be down if it were enabled: "
        #expect(check.errors.contains("\(two)no handler named \"ecoh\": did you mean \"echo\"?"))
        #expect(
            check.errors.contains("warning: WebTemplDir has no effect: there are no page templates")
        )
        #expect(check.errors.contains("warning: Host2: there is no \(directory("none.pem")): "))
        let three = "warning: Host3 would be down if it were enabled: "
        #expect(check.errors.contains("\(three)Exec: the quote \" is not closed"))
        #expect(check.errors.contains("\(three)certificate file \"\(directory.path)\""))
        let daemon = try DaemonProcess(text(disabled), in: directory)
        try daemon.waitForStatus("1 of 1 host up, 1 listener, ")
    }

    /// Whatever the file has of paths, what `convert` prints of it has neither more nor fewer troubles.
    @Test func whatConvertPrintsIsAsGoodAsTheOriginal() throws {
        let pair = try certificates.pair("a.test")
        try Command.succeed(["cp", pair.certificate, directory("ca.pem")])
        try Command.succeed(["mkdir", directory("www")])
        let hosts = """
            BindSslPort=auto
            SslCert=C:\\t\\a.test.pem
            SslKey=C:\\t\\a.test.key
            SslInter=C:\\t\\ca.pem
            CliCertMethod=sslCliCertOptional
            CliCertCA=C:\\t\\ca.pem
            [Host2]
            Hosts=b.test
            HostEnabled=True
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            WebDocDir=www\\root
            WebTemplDir=www\\templates
            WebErrorDir=C:\\t\\www
            WebLogDir=C:\\t\\www\\"web-"yyyymmdd".log"
            WellKnownPath=C:\\t\\www
            [Host3]
            Hosts=c.test
            HostEnabled=True
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=web
            [PathMap]
            C:\\t=\(directory.path)
            www=\(directory("www"))
            www\\root=\(directory("www"))
            [Server]
            TemplateDir=C:\\t\\www
            DocDir=C:\\t\\www
            StateDirectory=\(directory.path)
            ControlSocket=\(directory("control"))

            """
        let original = try directory.write(text(hosts), to: "ics.ini")
        let before = try Icshostd.run("check", "--config", original)
        #expect(before.end == .exited(0), "\(before.errors)")
        let converted = try Icshostd.run("convert", original)
        #expect(converted.end == .exited(0))
        #expect(!converted.output.contains("\\"), "\(converted.output)")
        let file = try directory.write(converted.output, to: "plain.conf")
        let after = try Icshostd.run("check", "--config", file)
        #expect(after.end == .exited(0), "\(after.errors)")
        // But for the keys without effect, which it makes comments.
        let warnings = try [original, file].map { try told(in: $0, " warning: ") }
        #expect(warnings[0].filter { !$0.contains("has no effect") } == warnings[1])
        #expect(converted.output.contains("\n; no effect: WebTemplDir="))
        let difference = try Icshostd.run("plan", "--config", file, "--against", original)
        #expect(difference.output == "4 listeners and 3 hosts are unchanged\n")
        // What nothing maps stays a trouble.
        let unmapped = try directory.write(
            text(hosts).replacing("[PathMap]\nC:\\t=", with: "[PathMap]\nX:="), to: "ics.ini")
        let printed = try Icshostd.run("convert", unmapped)
        try directory.write(printed.output, to: "plain.conf")
        let troubles = try [unmapped, file].map { try told(in: $0, " would be down: ") }
        #expect(troubles[0].count > 7 && troubles[0] == troubles[1])
    }

    /// What `check` tells of a file in so many words.
    private func told(in file: String, _ word: String) throws -> [String] {
        let lines = try Icshostd.run("check", "--config", file).errors.split(separator: "\n")
        return lines.compactMap { line in
            line.firstRange(of: word).map { String(line[$0.upperBound...]) }
        }.sorted()
    }

    /// Keys without which clients would come to the wrong place: the host is down, the others serve,
    /// and every command says so in the same words.
    @Test(arguments: [
        (
            "ForwardProxy=True\n",
            "ForwardProxy=True is not supported yet: icshostd has no forward proxy"
        ),
        (
            """
            HostTag=API
            [Target1]
            HostTag=API
            TarHost=127.0.0.1
            TarPort=1
            [Target2]
            HostTag=api
            TarHost=127.0.0.1
            TarPort=2
            SrcPath=/api

            """,
            "SrcPath of [Target2] is not supported yet: requests for \"/api\" would go to any of the 2 "
                + "targets of the tag \"API\""
        ),
    ])
    func aKeyThatCannotBeObeyedLeavesItsHostOut(_ lines: String, _ reason: String) throws {
        let second = """
            [Host2]
            Hosts=b.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto

            """ + lines
        let daemon = try DaemonProcess(text(second), in: directory)
        try daemon.waitForStatus("1 of 2 hosts up, 1 listener, ")
        try daemon.waitForLog("is down: \(reason)")
        let file = directory("icshostd.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(1))
        #expect(
            check.errors.contains("error: Host2 would be down: \(reason)"), "\(check.errors)")
        #expect(!check.errors.contains("forwardproxy"))
        let plan = try Icshostd.run("plan", "--config", file)
        #expect(plan.output.contains("Host2 would be down: \(reason)"), "\(plan.output)")
        let fixed = try directory.write(
            text(
                second.replacing("BindNonPort=auto", with: "BindNonPort=7")), to: "fixed.conf")
        let explanation = try Icshostd.run("explain", "127.0.0.1:7", "--config", fixed)
        #expect(explanation.output.contains(reason), "\(explanation.output)")
        #expect(try daemon.stop() == .exited(0))
    }

    @Test func aKeyWithoutEffectFailsAStrictCheck() throws {
        let file = try directory.write(text("BandwidthLimit=1\n"), to: "one.conf")
        #expect(try Icshostd.run("check", "--config", file).end == .exited(0))
        let strict = try Icshostd.run("check", "--strict", "--config", file)
        #expect(strict.end == .exited(1))
        #expect(
            strict.errors.contains("warning: BandwidthLimit has no effect: bandwidth is not"))
        let plain = try directory.write(
            text("BandwidthLimit=0\n").replacing("Options=", with: ";"), to: "two.conf")
        #expect(try Icshostd.run("check", "--strict", "--config", plain).end == .exited(0))
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
        try daemon.waitForStatus("1 of 1 host up, 2 listeners, ")
        #expect(try daemon.stop() == .exited(0))
    }

    @Test func certificatesMayStandInTheFile() throws {
        let pair = try certificates.pair("a.test")
        let (certificate, key) = try (inline(pair.certificate), inline(pair.key))
        let more = "BindSslPort=auto\nSslCert=\(certificate)\nSslKey=\(key)\n"
        let daemon = try DaemonProcess(text(more), in: directory)
        try daemon.waitForStatus("1 of 1 host up, 2 listeners, ")
        let plan = try Icshostd.run("plan", "--config", directory("icshostd.conf"))
        #expect(plan.output.contains("inline"))
        #expect(!(plan.output + plan.errors).contains("BEGIN"))
    }

    /// A PEM file as one line.
    private func inline(_ path: String) throws -> String {
        try Command(["cat", path]).output.split(separator: "\n").joined(separator: "\\n")
    }
}
