import Glibc
import TestSupport
import Testing

/// What is wrong with a certificate costs its own host alone, what is odd is told; `check` says both.
@Suite struct DoctorScenarios {
    private let hosts: SharedPort
    private let good: Certificates.Pair

    init() throws {
        hosts = try SharedPort()
        good = try hosts.certificates.pair("good.test", days: 90)
        unsafe chmod(good.key, 0o600)
    }

    private func make(_ name: String, _ words: [String]) throws -> Certificates.Pair {
        let pair = Certificates.Pair(
            certificate: hosts.directory("\(name).pem"), key: hosts.directory("\(name).key"))
        try Command.succeed(
            [
                "openssl", "req", "-x509", "-nodes", "-subj", "/CN=\(name)", "-addext",
                "subjectAltName=DNS:\(name)", "-keyout", pair.key, "-out", pair.certificate,
            ] + words)
        unsafe chmod(pair.key, 0o600)
        return pair
    }

    private static let ecdsa = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]

    /// The keys of a host whose certificate is good for longer than its intermediate.
    private func chained(_ name: String, throughOneThatEndsIn seconds: Int) throws -> String {
        let root = try make("\(name)-root", Self.ecdsa + ["-days", "90"])
        let middle = try make(
            "\(name)-middle", Self.ecdsa + ["-CA", root.certificate, "-CAkey", root.key])
        try EndingCertificate.redate(
            middle.certificate, signedBy: root.key, startsIn: -86_400, endsIn: seconds)
        let leaf = try make(
            name,
            Self.ecdsa + ["-days", "90", "-CA", middle.certificate, "-CAkey", middle.key])
        return "\(leaf.settings)\nSslInter=\(middle.certificate)"
    }

    /// A section, and what `check` and the journal must say of it.
    private typealias Case = (keys: String, message: String)

    private func failing() throws -> [Case] {
        let directory = hosts.directory
        unsafe mkdir(directory("a-directory"), 0o755)
        let small = try make("small", ["-newkey", "rsa:1024"])
        let root = try make("root", Self.ecdsa)
        // Another authority of the same name.
        unsafe rename(root.certificate, directory("first-root.pem"))
        unsafe rename(root.key, directory("first-root.key"))
        _ = try make("root", Self.ecdsa)
        let forged = try make(
            "forged",
            Self.ecdsa + [
                "-CA", directory("first-root.pem"), "-CAkey", directory("first-root.key"),
            ])
        let ended = try make("ended", Self.ecdsa)
        try EndingCertificate.make(
            ended.certificate, key: ended.key, name: "ended", endsIn: -60)
        let future = try make("future", Self.ecdsa)
        try EndingCertificate.make(
            future.certificate, key: future.key, name: "future", startsIn: 86_400, endsIn: 90_000)
        let chained = try chained("chained", throughOneThatEndsIn: -60)
        let (certificate, key) = (good.certificate, root.key)
        return [
            (
                "SslCert=\(directory("a-directory"))\nSslKey=\(good.key)",
                "certificate file \"\(directory("a-directory"))\" is not a regular file"
            ),
            (
                "SslCert=\(certificate)\nSslKey=\(key)",
                "key file \"\(key)\" contains a private key that does not match the certificate in"
            ),
            (
                small.settings,
                "certificate file \"\(small.certificate)\" contains a key too small for security level 2:"
                    + " RSA with 1024 bits"
            ),
            (
                "\(good.settings)\nSslSecLevel=sslSrvSecHigh192",
                "certificate file \"\(certificate)\" contains a key too small for security level 4"
            ),
            (
                "\(forged.settings)\nSslInter=\(directory("root.pem"))",
                "has a broken chain: CN=forged is not signed by the key of CN=root"
            ),
            (future.settings, "contains a certificate that is not valid before "),
            (ended.settings, "contains a certificate that expired on "),
            (chained, "has a chain with a certificate, CN=chained-middle, that expired on "),
        ]
    }

    @Test func onlyTheHostWithABadCertificateIsDown() throws {
        let cases = try failing()
        let sections = cases.enumerated().map { index, one in
            hosts.section(
                index + 2, "h\(index + 2).test", withCertificate: "\(one.keys)\nHandler=echo")
        }
        let text =
            hosts.section(1, "good.test", withCertificate: "\(good.settings)\nHandler=echo")
            + sections.joined()
        let file = try hosts.directory.write(text, to: "checked.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(1))
        let daemon = try DaemonProcess(text, in: hosts.directory)
        try daemon.waitForStatus("1 of \(cases.count + 1) hosts up, 1 listener, ")
        #expect(try daemon.tlsClient(name: "good.test").echoes("hello"))
        for (index, one) in cases.enumerated() {
            let column = one.message.hasPrefix("key file") ? "SslKey=".count : "SslCert=".count
            #expect(
                check.errors.split(separator: "\n").contains {
                    $0.contains(":\(column + 1): error: Host\(index + 2)")
                        && $0.contains(one.message)
                }, "\(one.message)\n\(check.errors)")
            let record = daemon.log("error: host Host\(index + 2) is down: ")
            #expect(record.count == 1)
            #expect(record.first?.contains(one.message) == true, "\(record)")
            #expect(throws: TLSClient.Refusal(reason: "tlsv1 unrecognized name")) {
                _ = try daemon.tlsClient(name: "h\(index + 2).test")
            }
        }
    }

    private func odd() throws -> [Case] {
        let directory = hosts.directory
        let (root, middle) = (
            try make("root", Self.ecdsa + ["-days", "90"]),
            try make(
                "middle",
                Self.ecdsa + [
                    "-days", "90", "-CA", directory("root.pem"), "-CAkey", directory("root.key"),
                ])
        )
        let leaf = try make(
            "leaf",
            Self.ecdsa + ["-days", "90", "-CA", middle.certificate, "-CAkey", middle.key])
        let turned = try Command.succeed([
            "cat", root.certificate, middle.certificate, leaf.certificate,
        ])
        try directory.write(turned, to: "turned.pem")
        let own = try make("own", Self.ecdsa + ["-days", "90"])
        let soon = try make("soon", Self.ecdsa + ["-days", "20"])
        let open = try make("open", Self.ecdsa + ["-days", "90"])
        unsafe chmod(open.key, 0o644)
        return [
            (
                leaf.settings,
                "the certificate does not cover h2.test: clients that use it refuse"
            ),
            (
                leaf.settings,
                "the chain is incomplete: the issuer CN=middle is neither in SslCert or SslInter nor"
            ),
            (
                "SslCert=\(directory("turned.pem"))\nSslKey=\(leaf.key)",
                "the certificates are sent in the wrong order"
            ),
            (own.settings, "the certificate is self-signed"),
            (soon.settings, "the certificate expires on "),
            (
                try chained("chain", throughOneThatEndsIn: 20 * 86_400),
                "the certificate CN=chain-middle of the chain expires on "
            ),
            (open.settings, "every user of this machine can read the key in \"\(open.key)\""),
        ]
    }

    @Test func whatIsOddIsToldAndServed() throws {
        let cases = try odd()
        let text = cases.enumerated().map { index, one in
            hosts.section(
                index + 2, "h\(index + 2).test", withCertificate: "\(one.keys)\nHandler=echo")
        }.joined()
        let file = try hosts.directory.write(text, to: "checked.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(0), "\(check.errors)")
        let daemon = try DaemonProcess(text, in: hosts.directory)
        try daemon.waitForStatus("\(cases.count) of \(cases.count) hosts up, 1 listener, ")
        try daemon.waitForStatus("certificates: 2 expire soon, 5 with warnings")
        for (index, one) in cases.enumerated() {
            #expect(
                check.errors.split(separator: "\n").contains {
                    $0.contains(":9: warning: Host\(index + 2)") && $0.contains(one.message)
                }, "\(one.message)\n\(check.errors)")
            try daemon.waitForLog(
                "warning: host Host\(index + 2) has a certificate problem: \(one.message)")
            #expect(try daemon.tlsClient(name: "h\(index + 2).test").echoes("hello"))
        }
    }
}
