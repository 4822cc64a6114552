import Glibc
import TestSupport
import Testing

/// A host with an ECDSA and an RSA certificate shows each client the one that it can use.
@Suite struct KeyKindScenarios {
    private let hosts: SharedPort
    private let daemon: DaemonProcess

    init() throws {
        hosts = try SharedPort()
        let certificates = hosts.certificates
        let both = (
            try certificates.pair("both.test"), try certificates.pair("both.test", isRSA: true)
        )
        let turned = (
            try certificates.pair("turned.test", isRSA: true), try certificates.pair("turned.test")
        )
        let rsa = try certificates.pair("rsa.test", isRSA: true)
        func keys(_ pairs: Certificates.Pair...) -> String {
            "SslCert=\(pairs.map(\.certificate).joined(separator: ", "))\n"
                + "SslKey=\(pairs.map(\.key).joined(separator: ", "))\nHandler=daytime"
        }
        // The first host of the port, with which each handshake begins, has neither's certificates.
        daemon = try hosts.daemon(
            hosts.section(1, "ecdsa.test", "Handler=daytime"),
            hosts.section(2, "both.test", withCertificate: keys(both.0, both.1)),
            hosts.section(3, "turned.test", withCertificate: keys(turned.0, turned.1)),
            hosts.section(4, "rsa.test", withCertificate: keys(rsa)))
    }

    private static let versions = ["-tls1_2", "-tls1_3"]
    private static let algorithms = [("RSA-PSS+SHA256", "RSA-PSS"), ("ECDSA+SHA256", "ECDSA")]

    private func connect(_ name: String, _ words: [String]) throws -> Command {
        try Command(
            [
                "openssl", "s_client", "-ign_eof", "-connect", "127.0.0.1:\(daemon.tlsPort())",
                "-servername", name, "-CAfile", hosts.certificates.authority,
                "-verify_hostname", name,
            ] + words)
    }

    private func expectServed(_ client: Command, with kind: String) {
        #expect(client.output.contains("Peer signature type: \(kind)\n"), "\(client.output)")
        #expect(client.output.contains("Verify return code: 0 (ok)"), "\(client.output)")
        #expect(client.output.contains("-UTC\r\n"))
    }

    @Test(arguments: versions, algorithms)
    func theOneThatTheClientCanCheckIsShown(
        _ version: String, _ algorithm: (offered: String, kind: String)
    ) throws {
        for name in ["both.test", "turned.test"] {
            expectServed(
                try connect(name, [version, "-sigalgs", algorithm.offered]), with: algorithm.kind)
        }
    }

    @Test(arguments: [
        ("ECDHE-RSA-AES128-GCM-SHA256", "RSA-PSS"), ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDSA"),
    ])
    func theCiphersOfTLS12DecideToo(_ cipher: String, _ kind: String) throws {
        for name in ["both.test", "turned.test"] {
            let client = try connect(name, ["-tls1_2", "-cipher", cipher])
            expectServed(client, with: kind)
            #expect(client.output.contains("Cipher is \(cipher)\n"))
        }
    }

    @Test func twoOfOneKindAreAMistakeOfTheSecond() throws {
        let pairs = (
            try hosts.certificates.pair("one.test"), try hosts.certificates.pair("two.test")
        )
        let file = try hosts.directory.write(
            hosts.section(
                1, "one.test",
                withCertificate:
                    "Handler=echo\nSslCert=\(pairs.0.certificate),\(pairs.1.certificate)\n"
                    + "SslKey=\(pairs.0.key),\(pairs.1.key)"), to: "two.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(1))
        let column = "SslCert=".count + pairs.0.certificate.count + 2
        #expect(
            check.errors.contains(
                "two.conf:6:\(column): error: Host1 would be down: certificate file"
                    + " \"\(pairs.1.certificate)\" is a second one with a key of type EC"),
            "\(check.errors)")
    }

    @Test func whatIsWrongWithAKeyIsToldAtTheKey() throws {
        let pairs = (
            try hosts.certificates.pair("one.test"), try hosts.certificates.pair("two.test")
        )
        let file = try hosts.directory.write(
            hosts.section(
                1, "one.test",
                withCertificate:
                    "Handler=echo\nSslCert=\(pairs.0.certificate)\nSslKey=\(pairs.1.key)"),
            to: "key.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(
            check.errors.contains(
                "key.conf:7:8: error: Host1 would be down: key file \"\(pairs.1.key)\" contains"
            ), "\(check.errors)")
    }

    /// What another host of the port could show does not help.
    @Test(arguments: versions)
    func aHostWithOneKindRefusesClientsOfTheOther(_ version: String) throws {
        for (name, offered) in [("ecdsa.test", "RSA-PSS+SHA256"), ("rsa.test", "ECDSA+SHA256")] {
            let client = try connect(name, [version, "-sigalgs", offered])
            #expect(client.errors.contains("alert handshake failure"), "\(client.errors)")
        }
    }
}
