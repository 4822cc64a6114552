import Glibc
import TestSupport
import Testing

/// Certificates that change, end or turn out bad while the daemon runs.
@Suite struct CertificateScenarios {
    private let directory: TemporaryDirectory
    private let certificates: Certificates

    init() throws {
        directory = try TemporaryDirectory()
        certificates = try Certificates(in: directory)
    }

    private func host(_ keys: String, number: Int = 1) -> String {
        """
        [Host\(number)]
        Hosts=a.test
        BindIpAddr=127.0.0.1
        BindSslPort=auto
        Handler=echo
        \(keys)

        """
    }

    /// Moves files over others, one after the other.
    private func place(_ pair: Certificates.Pair, at names: (certificate: String, key: String)) {
        #expect(unsafe rename(pair.certificate, directory(names.certificate)) == 0)
        #expect(unsafe rename(pair.key, directory(names.key)) == 0)
    }

    private func waitForCertificate(_ subject: String, of daemon: DaemonProcess) throws {
        try daemon.wait("a certificate of \(subject)") {
            try daemon.tlsClient(name: "a.test").serverCertificate == subject
        }
    }

    @Test func aNewPairIsShownToThoseWhoComeThen() throws {
        place(try certificates.pair("a.test"), at: ("c.pem", "c.key"))
        let keys = "SslCert=\(directory("c.pem"))\nSslKey=\(directory("c.key"))"
        let daemon = try DaemonProcess(host(keys), in: directory)
        let early = try daemon.tlsClient(name: "a.test")
        #expect(early.serverCertificate == "/CN=a.test")
        place(try certificates.pair("new.test", "a.test"), at: ("c.pem", "c.key"))
        try daemon.waitForLog("notice: host Host1 uses a new certificate: valid until ")
        try waitForCertificate("/CN=new.test", of: daemon)
        #expect(try early.echoes("still here"))
        #expect(daemon.log("keeps its certificate").isEmpty, "\(daemon.log)")
    }

    /// As certbot renews: the files of `live` are links to those of `archive`.
    @Test func theLinksOfCertbotAreFollowed() throws {
        for name in ["archive", "archive/a.test", "live", "live/a.test"] {
            unsafe mkdir(directory(name), 0o755)
        }
        func renew(_ number: Int, _ name: String) throws {
            let (archive, live) = ("archive/a.test", "live/a.test")
            place(
                try certificates.pair(name, "a.test"),
                at: ("\(archive)/fullchain\(number).pem", "\(archive)/privkey\(number).pem"))
            for file in ["fullchain", "privkey"] {
                unsafe symlink(
                    "../../\(archive)/\(file)\(number).pem", directory("\(live)/\(file).new"))
                unsafe rename(
                    directory("\(live)/\(file).new"), directory("\(live)/\(file).pem"))
            }
        }
        try renew(1, "one.test")
        let live = directory("live/a.test")
        let daemon = try DaemonProcess(
            host("SslCert=\(live)/fullchain.pem\nSslKey=\(live)/privkey.pem"), in: directory)
        try waitForCertificate("/CN=one.test", of: daemon)
        try renew(2, "two.test")
        try waitForCertificate("/CN=two.test", of: daemon)
        try renew(3, "three.test")
        try waitForCertificate("/CN=three.test", of: daemon)
    }

    @Test func aHalfWrittenPairWaitsAndABadOneKeepsTheOld() throws {
        place(try certificates.pair("a.test"), at: ("c.pem", "c.key"))
        let keys = "SslCert=\(directory("c.pem"))\nSslKey=\(directory("c.key"))"
        let daemon = try DaemonProcess(host(keys), in: directory)
        let pair = try certificates.pair("new.test", "a.test")
        #expect(unsafe rename(pair.certificate, directory("c.pem")) == 0)
        try daemon.waitForLog(
            "error: host Host1 keeps its certificate because the new one cannot be used: key file ")
        try daemon.waitForStatus("certificates: 1 not renewed")
        try daemon.waitForStatus("1 of 1 host up, 1 degraded, ")
        let status = try Icshostd.run("status", "--control-socket", daemon.controlPath)
        #expect(
            status.output.contains(
                "degraded  0        echo     keeps its certificate because the new one cannot be used: key"
            ))
        #expect(try daemon.tlsClient(name: "a.test").serverCertificate == "/CN=a.test")
        #expect(unsafe rename(pair.key, directory("c.key")) == 0)
        try waitForCertificate("/CN=new.test", of: daemon)
        try daemon.wait("a status without it") {
            daemon.notify.status?.contains("not renewed") == false
                && daemon.notify.status?.contains("degraded") == false
        }
        unsafe unlink(directory("c.pem"))
        try daemon.waitForLog("cannot be read: no such file or directory")
        #expect(try daemon.tlsClient(name: "a.test").serverCertificate == "/CN=new.test")
    }

    @Test func aHostThatIsDownComesUpWithItsCertificate() throws {
        let path = try directory.write("garbage", to: "c.pem")
        let pair = try certificates.pair("b.test")
        let daemon = try DaemonProcess(
            host("SslCert=\(path)")
                + host(pair.settings, number: 2).replacing("Hosts=a.test", with: "Hosts=b.test"),
            in: directory)
        try daemon.waitForStatus("1 of 2 hosts up, 1 listener, ")
        let bundle = try certificates.pair("a.test")
        let text = try Command.succeed(["cat", bundle.certificate, bundle.key])
        try directory.write(text, to: "new.pem")
        #expect(unsafe rename(directory("new.pem"), path) == 0)
        try daemon.waitForLog("host Host1 is up")
        try daemon.waitForStatus("2 of 2 hosts up, 2 listeners, ")
        let port = try #require(daemon.listeners.last?.port)
        let client = try TLSClient(to: "127.0.0.1", port: port, name: "a.test")
        #expect(client.serverCertificate == "/CN=a.test")
    }

    @Test func theRealOneTakesOverFromTheOneMadeHere() throws {
        let daemon = try DaemonProcess(host("SslCert=\(directory("c.pem"))"), in: directory)
        try daemon.waitForLog(
            "warning: host Host1 has no certificate: there is no \(directory("c.pem")): clients get"
        )
        try daemon.waitForStatus("certificates: 1 self-made")
        let pair = try certificates.pair("real.test", "a.test")
        let text = try Command.succeed(["cat", pair.certificate, pair.key])
        try directory.write(text, to: "c.pem")
        try waitForCertificate("/CN=real.test", of: daemon)
        // A real one is not given up for one that is made here.
        unsafe unlink(directory("c.pem"))
        try daemon.waitForLog("keeps its certificate because the new one cannot be used")
        #expect(try daemon.tlsClient(name: "a.test").serverCertificate == "/CN=real.test")
    }

    @Test func whatWasMadeHereIsMadeAnewBeforeItEnds() throws {
        unsafe mkdir(directory("state"), 0o755)
        unsafe mkdir(directory("state/certificates"), 0o755)
        let stem = directory("state/certificates/host1")
        // Ten days before the end is when it is made anew.
        try EndingCertificate.make(
            "\(stem).pem", key: "\(stem).key", name: "a.test", endsIn: 10 * 86_400 + 20)
        let before = try Command.succeed(["sha256sum", "\(stem).pem"])
        let daemon = try DaemonProcess(host(""), in: directory)
        #expect(try Command.succeed(["sha256sum", "\(stem).pem"]) == before)
        try daemon.waitForLog("uses a new certificate: valid until ", within: .seconds(90))
        #expect(try Command.succeed(["sha256sum", "\(stem).pem"]) != before)
    }

    @Test func aHostGoesDownWhenItsCertificateExpires() throws {
        let (path, key) = (directory("c.pem"), directory("c.key"))
        try EndingCertificate.make(path, key: key, name: "a.test", endsIn: 20)
        let daemon = try DaemonProcess(host("SslCert=\(path)\nSslKey=\(key)"), in: directory)
        try daemon.waitForLog("the certificate expires on ")
        try daemon.waitForLog(
            "error: host Host1 is down: certificate file ", within: .seconds(90))
        // As at a start.
        let again = try DaemonProcess(starting: host("SslCert=\(path)\nSslKey=\(key)"))
        #expect(try again.process.waitForEnd() == .exited(1))
        #expect(again.log("contains a certificate that expired on").count == 1, "\(again.log)")
    }

    @Test func aHundredChangesLeaveNothingBehind() throws {
        let pairs = try ["one.test", "two.test"].map { try certificates.pair($0, "a.test") }
        let texts = try pairs.map { try Command.succeed(["cat", $0.certificate, $0.key]) }
        let path = try directory.write(texts[0], to: "c.pem")
        let daemon = try DaemonProcess(host("SslCert=\(path)"), in: directory)
        func change(_ number: Int) throws {
            try directory.write(texts[number % 2], to: "new.pem")
            #expect(unsafe rename(directory("new.pem"), path) == 0)
            try daemon.waitForLog("uses a new certificate", count: number)
        }
        for number in 1...5 { try change(number) }
        let (descriptors, memory) = (try daemon.descriptorCount, try daemon.memory)
        for number in 6...105 { try change(number) }
        #expect(try daemon.descriptorCount == descriptors)
        // A hundred certificates that were kept would be 700 KiB.
        if !Sanitizer.isOn { #expect(try daemon.memory < memory + 512) }
        #expect(try daemon.tlsClient(name: "a.test").serverCertificate == "/CN=two.test")
    }

    /// More hosts than the start has time for; the last one is bad.
    @Test func aHostThatIsFoundBadLaterIsTakenDownThen() throws {
        let port = try ReservedPort()
        let pair = try certificates.pair("a.test")
        func section(_ number: Int, _ settings: String) -> String {
            """
            [Host\(number)]
            Hosts=h\(number).test
            BindIpAddr=127.0.0.1
            BindSslPort=\(port.number)
            Handler=echo
            \(settings)

            """
        }
        let good = (1...1_200).map { section($0, pair.settings) }.joined()
        let bad = section(1_201, "SslCert=\(pair.key)")
        let daemon = try DaemonProcess(good + bad, in: directory)
        #expect(daemon.notify.status?.hasPrefix("1201 of 1201 hosts up") ?? true)
        try daemon.waitForLog(
            "error: host Host1201 is down: certificate file ", within: .seconds(90))
        try daemon.waitForStatus("1200 of 1201 hosts up, 1 listener, ")
        try daemon.waitForStatus("; down: Host1201: certificate file ")
        #expect(throws: TLSClient.Refusal(reason: "tlsv1 unrecognized name")) {
            _ = try daemon.tlsClient(name: "h1201.test")
        }
        #expect(try daemon.tlsClient(name: "h1200.test").echoes("hello"))
        // In sum, not 1,200 times.
        try daemon.waitForLog(
            " hosts have this about their certificates, Host", within: .seconds(90))
    }
}
