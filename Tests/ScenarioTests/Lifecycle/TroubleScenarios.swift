import Glibc
import TestSupport
import Testing

/// Hosts that cannot serve here and now: who is down, who serves on, and what is said.
@Suite struct TroubleScenarios {
    private let directory: TemporaryDirectory
    private let certificates: Certificates

    init() throws {
        directory = try TemporaryDirectory()
        certificates = try Certificates(in: directory)
    }

    /// An address that no machine has: TEST-NET-1 of RFC 5737.
    private static let foreignAddress = "192.0.2.1"

    @Test func anAddressThatIsNotHereLeavesItsHostOut() throws {
        let daemon = try daemon(
            host(1, address: Self.foreignAddress, "BindNonPort=7000"),
            host(2, "BindNonPort=auto"))
        let line = "error: host Host1 is down: address 192.0.2.1 is not on this machine "
        try daemon.waitForLog(line + "(\(directory("icshostd.conf")):")
        try daemon.waitForStatus("1 of 2 hosts up, 1 listener, ")
        try daemon.waitForStatus("down: Host1: address 192.0.2.1 is not on this machine")
        #expect(try daemon.plainClient().echoes("hello"))
    }

    @Test func aPortInUseIsNamedWithItsAddress() throws {
        let port = try ReservedPort(isListening: true)
        let daemon = try daemon(
            host(1, "BindNonPort=\(port.number)"), host(2, "BindNonPort=auto"))
        try daemon.waitForLog(
            "host Host1 is down: 127.0.0.1:\(port.number) is in use by another program")
        #expect(try daemon.plainClient().echoes("hello"))
        let check = try Icshostd.run("check", "--config", directory("icshostd.conf"))
        #expect(check.end == .exited(0))
        #expect(
            check.errors.contains(
                "warning: Host1 would be down: 127.0.0.1:\(port.number) is in use"))
    }

    @Test func manyHostsWithOneTroubleAreToldInSum() throws {
        let taken = try ReservedPort(isListening: true)
        let many = (2...202).map { host($0, "BindNonPort=\(taken.number)") }.joined()
        let daemon = try daemon(
            host(1, "BindNonPort=auto"), many,
            host(203, address: Self.foreignAddress, "BindNonPort=7"))
        try daemon.waitForLog(
            "error: 201 hosts are down, Host2 for one: 127.0.0.1:\(taken.number) is in use")
        try daemon.waitForLog("error: host Host203 is down: address 192.0.2.1 is not on this")
        #expect(daemon.log(" down: ").count + daemon.log(" down, ").count == 2, "\(daemon.log)")
        #expect(daemon.log("events were dropped").isEmpty)
    }

    @Test func aDaemonStaysWhoseHostsAllLackTheirAddresses() throws {
        let daemon = try daemon(host(1, address: Self.foreignAddress, "BindNonPort=7000"))
        try daemon.waitForStatus("0 of 1 host up, 0 listeners, ")
        #expect(daemon.notify.datagrams.first == "READY=1")
        #expect(try daemon.stop() == .exited(0))
    }

    /// A port does not come by itself, as an address may: a start that serves nobody fails.
    @Test func aDaemonEndsWhosePortsAreAllTaken() throws {
        let port = try ReservedPort(isListening: true)
        let daemon = try DaemonProcess(
            starting: host(1, "BindNonPort=\(port.number)")
                + host(2, "BindSslPort=\(port.number)")
                .replacing("127.0.0.1", with: "::1"), in: directory)
        #expect(try daemon.process.waitForEnd() == .exited(1))
        #expect(daemon.log("is down: ").count == 2)
        #expect(daemon.log.last == "error: not started: no host is left to serve")
        #expect(!daemon.notify.datagrams.contains("READY=1"))
    }

    /// Whoever has the port may be about to end, as the program that this one takes the place of.
    @Test func aStartWaitsAWhileForItsPort() throws {
        let port = try ReservedPort()
        let other = try ForeignListener(port)
        let daemon = try DaemonProcess(
            starting: host(1, "BindNonPort=\(port.number)"), in: directory)
        try daemon.waitForLog("open files")
        other.close()
        // The log may tell of the listener after READY=1.
        try daemon.waitForLog(" is open")
        #expect(try daemon.plainClient().echoes("hello"))
    }

    /// Who waits for an address is not given up for the sake of others.
    @Test func aDaemonStaysForOneThatWaitsForItsAddress() throws {
        let daemon = try daemon(
            host(1, address: Self.foreignAddress, "BindNonPort=7000"),
            host(2, "BindNonPort=auto", handler: "nosuch"))
        try daemon.waitForStatus("0 of 2 hosts up, 0 listeners, ")
        #expect(try daemon.stop() == .exited(0))
    }

    @Test func anyTroubleStopsADaemonThatIsToldSo() throws {
        let daemon = try DaemonProcess(
            starting: "[Server]\nOnHostError=fail\n"
                + host(1, address: Self.foreignAddress, "BindNonPort=7000")
                + host(2, "BindNonPort=auto"), in: directory)
        #expect(try daemon.process.waitForEnd() == .exited(1))
        #expect(
            daemon.log.last
                == "error: not started: OnHostError=fail, and a host is in trouble")
        #expect(!daemon.notify.datagrams.contains("READY=1"))
    }

    /// A certificate that cannot be used, and what is said about it.
    enum BadCertificate: CaseIterable {
        case garbage, directory, sparse, keyOfAnother, keyMissing, keyGarbage
    }

    @Test(arguments: BadCertificate.allCases)
    func aBadCertificateLeavesItsHostOut(_ kind: BadCertificate) throws {
        let bad = host(1, "BindSslPort=auto\n" + (try settings(kind)))
        let daemon = try daemon(bad, host(2, "BindNonPort=auto"))
        try daemon.waitForLog("error: host Host1 is down: ")
        try daemon.waitForStatus("1 of 2 hosts up, 1 listener, ")
        #expect(try daemon.plainClient().echoes("hello"))
        let check = try Icshostd.run("check", "--config", directory("icshostd.conf"))
        #expect(check.end == .exited(1))
        #expect(check.errors.contains("error: Host1 would be down: "), "\(check.errors)")
        let alone = try DaemonProcess(starting: bad, in: directory)
        #expect(try alone.process.waitForEnd() == .exited(1))
        #expect(alone.log.last == "error: not started: no host is left to serve")
    }

    @Test func anUnreadableCertificateSaysSo() throws {
        let pair = try certificates.pair("a.test")
        unsafe chmod(pair.key, 0)
        let user = getuid() == 0 ? ["setpriv", "--reuid=65534", "--clear-groups"] : []
        let binary = directory("icshostd")
        try Command.succeed(["cp", Icshostd.path, binary])
        let file = try directory.write(
            host(1, "BindSslPort=auto\n\(pair.settings)"), to: "icshostd.conf")
        let command = try Command(user + [binary, "check", "--config", file])
        #expect(command.end == .exited(1))
        #expect(command.errors.contains(pair.key), "\(command.errors)")
        #expect(command.errors.contains("ermission denied"), "\(command.errors)")
    }

    @Test(arguments: ["", "SslCert=none.pem"])
    func aMissingCertificateIsMadeAndKept(_ setting: String) throws {
        let text = """
            [Host1]
            Hosts=a.test, *.b.test
            BindIpAddr=127.0.0.1
            BindSslPort=auto
            Handler=daytime
            \(setting)
            """
        let first = try DaemonProcess(text, in: directory)
        try first.waitForLog("warning: host Host1 has no certificate: ")
        let file = directory("state/certificates/host1.pem")
        #expect(try directory.mode(of: "state/certificates/host1.key") == 0o600)
        let names = try Command.succeed([
            "openssl", "x509", "-in", file, "-noout", "-ext", "subjectAltName",
        ])
        #expect(names.contains("DNS:a.test, DNS:*.b.test"))
        let command = try Command([
            "openssl", "s_client", "-quiet", "-verify_return_error", "-CAfile", file,
            "-verify_hostname", "x.b.test", "-servername", "x.b.test", "-connect",
            "127.0.0.1:\(first.tlsPort())",
        ])
        #expect(command.end == .exited(0), "\(command.errors)")
        #expect(try first.stop() == .exited(0))
        let before = try Command.succeed(["sha256sum", file])
        let second = try DaemonProcess(text, in: directory)
        #expect(try second.tlsClient(name: "a.test").receiveText().hasSuffix("-UTC\r\n"))
        #expect(try Command.succeed(["sha256sum", file]) == before)
        try second.waitForLog("warning: host Host1 has no certificate: ")
    }

    @Test func checkMakesNoCertificate() throws {
        let file = try directory.write(host(1, "BindSslPort=auto"), to: "icshostd.conf")
        let check = try Command([
            "env", "STATE_DIRECTORY=\(directory("state"))", Icshostd.path, "check", "--config",
            file,
        ])
        #expect(check.end == .exited(0))
        #expect(
            check.errors.contains(
                "warning: Host1: SslCert is not set: clients would get a self-signed certificate"))
        let strict = try Icshostd.run("check", "--strict", "--config", file)
        #expect(strict.end == .exited(1))
        #expect(throws: TestFailure.self) { try directory.mode(of: "state") }
    }

    @Test func anUnknownHandlerIsNamedWithTheNearestOne() throws {
        let daemon = try daemon(
            host(1, "BindNonPort=auto", handler: "ecoh"), host(2, "BindNonPort=auto"))
        try daemon.waitForLog("is down: no handler named \"ecoh\": did you mean \"echo\"?")
        let check = try Icshostd.run("check", "--config", directory("icshostd.conf"))
        #expect(check.end == .exited(1))
        #expect(check.errors.contains("icshostd.conf:5:9: error: Host1 would be down: "))
    }

    private func settings(_ kind: BadCertificate) throws -> String {
        let pair = try certificates.pair("a.test")
        let garbage = try directory.write("garbage\n", to: "garbage.pem")
        let sparse = try directory.write("", to: "sparse.pem")
        // A size that nothing could reserve memory for.
        guard unsafe truncate(sparse, 1 << 40) == 0 else { throw TestFailure.last("truncate") }
        return switch kind {
        case .garbage: "SslCert=\(garbage)\nSslKey=\(pair.key)"
        case .directory: "SslCert=\(directory.path)\nSslKey=\(pair.key)"
        case .sparse: "SslCert=\(sparse)\nSslKey=\(pair.key)"
        case .keyOfAnother:
            "SslCert=\(pair.certificate)\nSslKey=\(try certificates.pair("b.test").key)"
        case .keyMissing: "SslCert=\(pair.certificate)\nSslKey=\(directory("none.key"))"
        case .keyGarbage: "SslCert=\(pair.certificate)\nSslKey=\(garbage)"
        }
    }

    private func daemon(_ sections: String...) throws -> DaemonProcess {
        try DaemonProcess(sections.joined(), in: directory)
    }

    private func host(
        _ number: Int, address: String = "127.0.0.1", _ keys: String, handler: String = "echo"
    ) -> String {
        """
        [Host\(number)]
        Hosts=\(number).test
        BindIpAddr=\(address)
        \(keys)
        Handler=\(handler)

        """
    }
}
