import COpenSSL
import Glibc
import TLS
import TestSupport
import Testing

/// Every way a certificate can be unusable has a sentence of its own.
@Suite struct TLSCertificateTests {
    let directory: TemporaryDirectory
    let context: TLSContext

    init() throws {
        directory = try TemporaryDirectory()
        context = try TLSContext(policy: .level(5))
    }

    /// A certificate of the `openssl` command and its key.
    private func make(
        _ name: String, algorithm: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        more: [String] = []
    ) throws {
        try Command.succeed(
            ["openssl", "req", "-x509", "-nodes", "-subj", "/O=Test/CN=\(name)", "-newkey"]
                + algorithm + ["-keyout", directory("\(name).key")]
                + ["-out", directory("\(name).pem")] + more)
    }

    /// The error of a load, without the directory.
    private func error(
        _ certificate: String, key: String? = nil, intermediates: String? = nil,
        password: String? = nil, _ context: TLSContext? = nil
    ) -> TLSError? {
        do throws(TLSError) {
            let files = CertificateFiles(
                certificate: .file(directory(certificate)), key: key.map { .file(directory($0)) },
                intermediates: intermediates.map { .file(directory($0)) },
                password: password.map { .text($0) })
            _ = try TLSCertificate.load(files, context: context ?? self.context)
            return nil
        } catch {
            return TLSError(
                error.message.replacing(directory.path + "/", with: ""), code: error.code)
        }
    }

    @Test func tellsWhatItRead() throws {
        try make(
            "a.example", more: ["-addext", "subjectAltName=DNS:a.example,IP:::1,IP:192.0.2.1"])
        let certificate = try TLSCertificate.load(
            certificate: directory("a.example.pem"), key: directory("a.example.key"),
            context: context)
        #expect(certificate.names == ["a.example", "::1", "192.0.2.1"])
        #expect(certificate.subject == "CN=a.example,O=Test")
        #expect((29...30).contains((certificate.notAfter - time(nil)) / 86_400))
    }

    @Test func readsTheTextItself() throws {
        try make("a")
        try make("b")
        let text = try CertificateSource.text(directory.read("a.pem"), key: "SslCert")
        let certificate = try TLSCertificate.load(
            CertificateFiles(
                certificate: text, key: .text(directory.read("a.key"), key: "SslKey")),
            context: context
        ).certificate
        #expect(certificate.subject == "CN=a,O=Test")
        let error = try #require(throws: TLSError.self) {
            try TLSCertificate.load(
                CertificateFiles(
                    certificate: text, key: .text(directory.read("b.key"), key: "SslKey")),
                context: context)
        }
        #expect(
            error.message
                == "key in SslKey contains a private key that does not match the certificate in SslCert"
        )
    }

    @Test func readsABundleInAnyOrder() throws {
        try make("a")
        try make("b")
        let (a, b) = try (directory.read("a.pem"), directory.read("b.pem"))
        let key = try directory.read("a.key")
        for text in [key + b + a, "words\n" + a + key] {
            let path = try directory.write(text, to: "bundle.pem")
            let certificate = try TLSCertificate.load(certificate: path, context: context)
            #expect(certificate.subject == "CN=a,O=Test")
        }
    }

    @Test func namesAMissingFile() {
        #expect(
            error("none.pem")
                == TLSError(
                    "certificate file \"none.pem\" cannot be read: no such file or directory",
                    code: "missing"))
    }

    @Test func namesAMissingKeyFile() throws {
        try make("a")
        #expect(
            error("a.pem", key: "none.key")
                == TLSError(
                    "key file \"none.key\" cannot be read: no such file or directory",
                    code: "missing"))
    }

    @Test func refusesADirectory() {
        #expect(error("")?.message == "certificate file \"\" is not a regular file")
    }

    @Test func refusesAPipeWithoutWaiting() {
        #expect(unsafe mkfifo(directory("pipe"), 0o600) == 0)
        #expect(error("pipe")?.message == "certificate file \"pipe\" is not a regular file")
    }

    @Test func refusesGarbage() throws {
        _ = try directory.write("garbage", to: "a.pem")
        #expect(
            error("a.pem")
                == TLSError(
                    "certificate file \"a.pem\" has an unknown format: expected PEM, DER,"
                        + " PKCS#7 or PKCS#12", code: "no-certificate"))
        _ = try directory.write("", to: "a.pem")
        #expect(error("a.pem")?.code == "no-certificate")
    }

    @Test func refusesADamagedCertificate() throws {
        try make("a")
        let text = try directory.read("a.pem")
        _ = try directory.write(String(text.prefix(text.count / 2)), to: "cut.pem")
        #expect(error("cut.pem")?.message.contains("contains a damaged certificate") == true)
    }

    @Test func refusesAHugeFile() throws {
        _ = try directory.write(String(repeating: "#", count: 2 << 20), to: "huge.pem")
        #expect(error("huge.pem")?.message == "certificate file \"huge.pem\" is over 1 MiB")
    }

    @Test func refusesAFileThatOnlyClaimsToBeHuge() throws {
        let path = try directory.write("", to: "sparse.pem")
        #expect(unsafe truncate(path, 1 << 40) == 0)
        #expect(error("sparse.pem")?.message == "certificate file \"sparse.pem\" is over 1 MiB")
    }

    @Test func refusesACertificateWithoutKey() throws {
        try make("a")
        #expect(
            error("a.pem")
                == TLSError(
                    "certificate file \"a.pem\" contains no private key", code: "no-key"))
    }

    @Test func refusesTheKeyOfAnother() throws {
        try make("a")
        try make("b")
        #expect(
            error("a.pem", key: "b.key")
                == TLSError(
                    "key file \"b.key\" contains a private key that does not match the certificate"
                        + " in \"a.pem\"",
                    code: "key-mismatch"))
    }

    @Test(arguments: [["pkcs8", "-topk8"], ["ec", "-aes256"]])
    func opensAnEncryptedKeyWithItsPasswordOnly(_ command: [String]) throws {
        try make("a")
        try Command.succeed(
            ["openssl"] + command
                + ["-in", directory("a.key"), "-out", directory("locked.key")]
                + ["-passout", "pass:secret"])
        #expect(error("a.pem", key: "locked.key", password: "secret") == nil)
        #expect(
            error("a.pem", key: "locked.key", password: "wrong")
                == TLSError(
                    "key file \"locked.key\" contains a private key that the password does not open",
                    code: "password-wrong"))
        for quote in ["\"", "'"] {
            #expect(
                error("a.pem", key: "locked.key", password: "\(quote)secret\(quote)")?.message
                    == "key file \"locked.key\" contains a private key that the password does not open; "
                    + "the quotes are part of the value of SslPassword: remove them")
        }
        #expect(
            error("a.pem", key: "locked.key")
                == TLSError(
                    "key file \"locked.key\" contains an encrypted private key: set SslPassword",
                    code: "password-needed"))
    }

    @Test func refusesAKeyTooSmallForTheLevel() throws {
        try make("a", algorithm: ["rsa:1024"])
        let message = "certificate file \"a.pem\" contains a key too small for security level"
        #expect(
            error("a.pem", key: "a.key")
                == TLSError("\(message) 2: RSA with 1024 bits", code: "key-too-small"))
        try make("b", algorithm: ["rsa:2048"])
        #expect(error("b.pem", key: "b.key") == nil)
        #expect(
            error("b.pem", key: "b.key", try TLSContext(policy: .level(6)))?.message
                == "certificate file \"b.pem\" contains a key too small for security level 3:"
                + " RSA with 2048 bits")
        #expect(error("a.pem", key: "a.key", try TLSContext(policy: .level(2))) == nil)
    }

    @Test func refusesAChainTooWeakForTheLevel() throws {
        try make("ca", algorithm: ["rsa:1024"])
        try make("a", more: ["-CA", directory("ca.pem"), "-CAkey", directory("ca.key")])
        #expect(
            error("a.pem", key: "a.key", intermediates: "ca.pem")
                == TLSError(
                    "certificate file \"a.pem\" has a chain with a key too small for"
                        + " security level 2", code: "key-too-small"))
        #expect(error("a.pem", key: "a.key", intermediates: "none.pem")?.code == "missing")
    }

    @Test func refusesAnExpiredCertificate() throws {
        try make("a")
        try redate("a.pem", key: "a.key", from: -7200, to: -60)
        let error = error("a.pem", key: "a.key")
        #expect(error?.code == "expired")
        #expect(error?.message.contains("contains a certificate that expired on ") == true)
    }

    @Test func refusesACertificateOfTheFuture() throws {
        try make("a")
        try redate("a.pem", key: "a.key", from: 86_400, to: 90_000)
        let error = error("a.pem", key: "a.key")
        #expect(error?.code == "not-yet-valid")
        #expect(error?.message.contains("contains a certificate that is not valid before ") == true)
    }

    private func redate(_ name: String, key: String, from: Int, to: Int) throws {
        try EndingCertificate.redate(
            directory(name), signedBy: directory(key), startsIn: from, endsIn: to)
    }
}
