import Glibc
import TLS
import Testing

/// Certificates and keys in every form that operators keep them in.
@Suite struct CertificateFormatTests {
    private let directory: TemporaryDirectory
    private let context: TLSContext

    init() throws {
        directory = try TemporaryDirectory()
        context = try TLSContext(policy: .level(5))
        try openssl(
            "req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=ca"
                + " -keyout ca.key -out ca.pem")
        try openssl(
            "req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=a.test"
                + " -addext subjectAltName=DNS:a.test -CA ca.pem -CAkey ca.key"
                + " -keyout a.key -out a.pem")
    }

    private func openssl(_ words: String) throws {
        let command = try Command(
            ["env", "-C", directory.path, "openssl"] + words.split(separator: " ").map(String.init))
        guard command.status == 0 else { throw SetupError(command.output) }
    }

    /// Loads files of the directory.
    private func load(
        _ certificate: String, key: String? = nil, intermediates: String? = nil,
        password: PasswordSource? = nil
    ) throws(TLSError) -> (certificate: TLSCertificate, findings: [CertificateFinding]) {
        try TLSCertificate.load(
            CertificateFiles(
                certificate: .file(directory(certificate)), key: key.map { .file(directory($0)) },
                intermediates: intermediates.map { .file(directory($0)) }, password: password),
            context: context)
    }

    @Test func derIsReadWithItsKey() throws {
        try openssl("x509 -in a.pem -outform DER -out a.der")
        for format in ["pkey -in a.key -outform DER", "ec -in a.key -outform DER"] {
            try openssl("\(format) -out key.der")
            let loaded = try load("a.der", key: "key.der", intermediates: "ca.pem")
            #expect(loaded.certificate.subject == "CN=a.test")
            #expect(loaded.findings.filter { $0 == .wrongOrder } == [])
        }
        try openssl("pkcs8 -topk8 -in a.key -outform DER -passout pass:secret -out key.der")
        _ = try load("a.der", key: "key.der", password: .text("secret"))
        let error = #expect(throws: TLSError.self) { try load("a.der", key: "key.der") }
        #expect(error?.code == "password-needed")
    }

    @Test(arguments: ["PEM", "DER"]) func pkcs7IsReadWithItsChain(_ form: String) throws {
        try openssl("crl2pkcs7 -nocrl -certfile ca.pem -certfile a.pem -outform \(form) -out a.p7b")
        let loaded = try load("a.p7b", key: "a.key")
        #expect(loaded.certificate.subject == "CN=a.test")
        #expect(!CertificateDoctor.has(.issuerNotFound("CN=ca"), loaded.certificate))
    }

    @Test func pkcs12IsOpenedWithItsPasswordOnly() throws {
        try openssl(
            "pkcs12 -export -in a.pem -inkey a.key -certfile ca.pem -out a.p12 -passout pass:secret"
        )
        let loaded = try load("a.p12", password: .text("secret"))
        #expect(loaded.certificate.subject == "CN=a.test")
        #expect(
            loaded.findings == [.keyReadableByOthers(directory("a.p12"))] || loaded.findings == [])
        for (password, code) in [
            (PasswordSource.text("wrong"), "password-wrong"), (nil, "password-needed"),
        ] {
            let error = #expect(throws: TLSError.self) { try load("a.p12", password: password) }
            #expect(error?.code == code, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: [
        "-legacy", "-legacy -certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-RC2-40",
        "-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES",
    ])
    func oldPKCS12IsOpenedWithAWarning(_ options: String) throws {
        try openssl(
            "pkcs12 -export \(options) -in a.pem -inkey a.key -certfile ca.pem -out old.pfx"
                + " -passout pass:secret")
        let (certificate, findings) = try load("old.pfx", password: .text("secret"))
        #expect(certificate.subject == "CN=a.test")
        #expect(findings.contains(.outdatedContainer(directory("old.pfx"))))
        // What came out of the other library serves handshakes here.
        let host = TLSIdentity(
            certificate: certificate, context: context, sessionScope: [1], index: 0)
        let connection = try Connection(Hosts([:], fallback: host), context: context)
        let client = try TestClient(socket: connection.peer, name: "a.test")
        #expect(connection.handshake(with: client).server.index == 0)
    }

    @Test func aPasswordIsTheFirstLineOfItsFile() throws {
        try openssl("ec -in a.key -aes256 -passout pass:secret -out locked.key")
        for text in ["secret", "secret\n", "secret\r\nmore\n"] {
            let path = try directory.write(text, to: "password")
            _ = try load("a.pem", key: "locked.key", password: .file(path))
        }
        let empty = try directory.write("\n", to: "password")
        #expect(
            throws: TLSError(
                "password file \"\(empty)\" has no first line", code: "password-needed")
        ) { try load("a.pem", key: "locked.key", password: .file(empty)) }
        let error = #expect(throws: TLSError.self) {
            try load("a.pem", key: "locked.key", password: .noCredential("shop"))
        }
        #expect(error?.message.contains("add LoadCredential=shop:PATH to the unit") == true)
    }

    @Test func aByteOrderMarkAndWordsAreNoHindrance() throws {
        let text = try directory.read("a.pem")
        _ = try directory.write(
            "\u{FEFF}words\r\n" + text.replacing("\n", with: "\r\n"), to: "b.pem")
        _ = try load("b.pem", key: "a.key")
    }

    @Test func whatIsUnreadableSaysWhoMayReadIt() throws {
        guard geteuid() != 0 else { return }
        unsafe chmod(directory("a.key"), 0)
        let error = #expect(throws: TLSError.self) { try load("a.pem", key: "a.key") }
        #expect(error?.message.contains("setfacl -m g:icshostd:r \(directory("a.key"))") == true)
    }
}

extension CertificateDoctor {
    /// Whether this is found about a certificate.
    fileprivate static func has(
        _ finding: CertificateFinding, _ certificate: TLSCertificate
    ) -> Bool {
        findings(certificate, names: [], expireDays: 0, now: time(nil)).contains(finding)
    }
}
