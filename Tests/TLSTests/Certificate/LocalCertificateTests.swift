import Glibc
import TLS
import TestSupport
import Testing

@Suite struct LocalCertificateTests {
    let directory: TemporaryDirectory
    let names = ["www.example.org", "*.example.org", "localhost", "127.0.0.1", "::1"]

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func isWhatOpenSSLAccepts() throws {
        let path = directory("c.pem")
        try LocalCertificate.make(names: names, certificate: path, key: directory("c.key"))
        let text = try Command(["openssl", "x509", "-in", path, "-noout", "-text"]).output
        #expect(
            text.contains(
                "DNS:www.example.org, DNS:*.example.org, DNS:localhost, IP Address:127.0.0.1,"
                    + " IP Address:0:0:0:0:0:0:0:1"))
        #expect(text.contains("Subject: CN = www.example.org"))
        #expect(text.contains("NIST CURVE: P-256"))
        #expect(text.contains("Signature Algorithm: ecdsa-with-SHA256"))
        #expect(text.contains("TLS Web Server Authentication"))
        for name in ["www.example.org", "other.example.org", "localhost"] {
            try Command.succeed([
                "openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", path,
                "-verify_hostname", name, path,
            ])
        }
    }

    @Test func lasts80DaysFromAnHourAgo() throws {
        let path = directory("c.pem")
        try LocalCertificate.make(names: names, certificate: path)
        let certificate = try TLSCertificate.load(
            certificate: path, context: TLSContext(policy: .level(5)))
        #expect(certificate.notAfter - certificate.notBefore == 80 * 86_400)
        #expect((3590...3700).contains(time(nil) - certificate.notBefore))
        #expect(certificate.names == names)
    }

    @Test func isPrivateWhereTheKeyIs() throws {
        try LocalCertificate.make(names: names, certificate: directory("bundle.pem"))
        #expect(try directory.mode(of: "bundle.pem") == 0o600)
        try LocalCertificate.make(
            names: names, certificate: directory("c.pem"), key: directory("c.key"))
        #expect(try directory.mode(of: "c.pem") == 0o644)
        #expect(try directory.mode(of: "c.key") == 0o600)
    }

    @Test func makesMissingDirectories() throws {
        try LocalCertificate.make(names: names, certificate: directory("x/y/c.pem"))
        #expect(try directory.mode(of: "x/y") & 0o027 == 0)
        #expect(try Command.succeed(["ls", directory("x/y")]) == "c.pem\n")
    }

    @Test func replacesOnlyWhenTold() throws {
        let path = try directory.write("mine", to: "c.pem")
        #expect(throws: TLSError("cannot create \"\(path)\": file exists", code: "exists")) {
            try LocalCertificate.make(names: names, certificate: path)
        }
        #expect(try directory.read("c.pem") == "mine")
        try LocalCertificate.make(names: names, certificate: path, replacing: true)
        #expect(try directory.read("c.pem").contains("BEGIN CERTIFICATE"))
        #expect(try Command.succeed(["ls", directory.path]) == "c.pem\n")
    }

    @Test func namesThePathThatFails() throws {
        let file = try directory.write("", to: "file")
        #expect(
            throws: TLSError(
                "cannot create directory \"\(file)/x\": not a directory",
                code: "system")
        ) {
            try LocalCertificate.make(names: names, certificate: "\(file)/x/c.pem")
        }
    }

    @Test(arguments: ["", "*", "a b", "a..b", "a.*.b", "ä.example", "a,DNS:b", "-\0"])
    func refusesWhatIsNoName(_ name: String) {
        #expect(throws: TLSError.self) {
            try LocalCertificate.make(names: ["ok", name], certificate: directory("c.pem"))
        }
        #expect(throws: TLSError.self) {
            try LocalCertificate.make(names: [], certificate: directory("c.pem"))
        }
    }

    @Test func longNamesFit() throws {
        let long = (0..<4).map { _ in String(repeating: "a", count: 60) }.joined(separator: ".")
        let path = directory("c.pem")
        try LocalCertificate.make(names: [long, "short"], certificate: path)
        let certificate = try TLSCertificate.load(
            certificate: path, context: TLSContext(policy: .level(5)))
        #expect(certificate.subject == "CN=short")
        #expect(certificate.names == [long, "short"])
    }

    @Test func serialNumbersDiffer() throws {
        var serials: Set<String> = []
        for name in ["a", "b"] {
            try LocalCertificate.make(names: [name], certificate: directory(name))
            serials.insert(
                try Command.succeed([
                    "openssl", "x509", "-in", directory(name), "-noout", "-serial",
                ]))
        }
        #expect(serials.count == 2)
        #expect(serials.allSatisfy { $0.utf8.count == "serial=".utf8.count + 32 + 1 })
    }
}
