import Glibc
import TestSupport
import Testing

/// What a host without a certificate of its own shows, and how loudly that is said.
@Suite struct LocalCertificateScenarios {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func section(_ names: String) -> String {
        """
        [Host1]
        Hosts=\(names)
        BindIpAddr=127.0.0.1
        BindSslPort=auto
        Handler=echo

        """
    }

    private func printed(_ words: String...) throws -> String {
        try Command.succeed(
            ["openssl", "x509", "-noout", "-in", directory("state/certificates/host1.pem")] + words)
    }

    @Test func aHostOfEveryNameGetsOneForThisMachine() throws {
        let daemon = try DaemonProcess(section("*"), in: directory)
        let machine = try Command.succeed(["uname", "-n"]).dropLast()
        let names = try printed("-ext", "subjectAltName").split(separator: "\n").last ?? ""
        let expected = machine == "localhost" ? [] : ["DNS:\(machine)"]
        #expect(
            names.split(separator: ",").map { $0.drop { $0 == " " } }.sorted()
                == (expected + ["DNS:localhost", "IP Address:127.0.0.1"]).map { $0[...] }.sorted())
        let client = try Command([
            "openssl", "s_client", "-connect", "127.0.0.1:\(daemon.tlsPort())", "-CAfile",
            directory("state/certificates/host1.pem"), "-verify_ip", "127.0.0.1",
            "-verify_return_error",
        ])
        #expect(client.output.contains("Verify return code: 0 (ok)"), "\(client.errors)")
    }

    @Test func itIsKeptForEightyDaysAndToldOfEachTime() throws {
        let text = section("a.test, b.test")
        let file = try directory.write(text, to: "checked.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(0))
        #expect(
            check.errors.contains(
                "checked.conf:4:13: warning: Host1: SslCert is not set: clients would get a self-signed"
                    + " certificate that run creates"), "\(check.errors)")
        var fingerprints: Set<String> = []
        for _ in 1...2 {
            let daemon = try DaemonProcess(text, in: directory)
            try daemon.waitForLog(
                "warning: host Host1 has no certificate: SslCert is not set: clients get the "
                    + "self-signed")
            try daemon.waitForStatus("certificates: 1 self-made")
            fingerprints.insert(try printed("-fingerprint", "-sha256"))
            _ = try daemon.stop()
        }
        #expect(fingerprints.count == 1)
        #expect(try printed("-text").contains("ASN1 OID: prime256v1"))
        #expect(try printed("-ext", "subjectAltName").contains("DNS:a.test, DNS:b.test"))
        _ = try printed("-checkend", "\(79 * 86_400)")
        #expect(throws: TestFailure.self) { _ = try printed("-checkend", "\(80 * 86_400)") }
        // Other names, another one.
        let daemon = try DaemonProcess(section("a.test, c.test"), in: directory)
        #expect(try printed("-ext", "subjectAltName").contains("DNS:a.test, DNS:c.test"))
        _ = try daemon.stop()
    }
}
