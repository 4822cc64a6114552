import Glibc
import TLS
import TestSupport
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
        try Command.succeed(
            ["env", "-C", directory.path, "openssl"] + words.split(separator: " ").map(String.init))
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
        _ = try directory.write("'secret'\n", to: "quoted")
        for (password, place) in [
            (PasswordSource.text("\"secret\""), "quotes are part of the value of SslPassword"),
            (.file(directory("quoted")), "quotes in the file are part of the password"),
        ] {
            let error = #expect(throws: TLSError.self) { try load("a.p12", password: password) }
            #expect(
                error?.message.hasSuffix("; the \(place): remove them") == true,
                "\(error?.message ?? "")")
        }
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
            certificate: certificate, context: context, sessionScope: [1])
        let connection = try Connection(Hosts([:], fallback: host), context: context)
        let client = try TestClient(socket: connection.peer, name: "a.test")
        #expect(connection.handshake(with: client).server.identity === host)
    }

    /// Of a container without a MAC nothing says whether the password is right but what it decrypts.
    @Test(arguments: ["", "-legacy", "-keypbe NONE -certpbe NONE"])
    func pkcs12WithoutAMACIsOpened(_ options: String) throws {
        try openssl(
            "pkcs12 -export -nomac \(options) -in a.pem -inkey a.key -certfile ca.pem -out bare.p12"
                + " -passout pass:secret")
        let loaded = try load("bare.p12", password: .text("secret"))
        #expect(loaded.certificate.subject == "CN=a.test")
        guard !options.contains("NONE") else {
            _ = try load("bare.p12")
            return
        }
        for (password, code) in [
            (PasswordSource.text("wrong"), "password-wrong"), (nil, "password-needed"),
        ] {
            let error = #expect(throws: TLSError.self) { try load("bare.p12", password: password) }
            #expect(error?.code == code, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: [
        ("ec -des", "DES-CBC"), ("ec -rc2", "RC2-CBC"), ("ec -bf", "BF-CBC"),
        ("ec -seed", "SEED-CBC"), ("ec -cast", "CAST5-CBC"),
        ("pkcs8 -topk8 -v1 PBE-MD5-DES", "PBE-MD5-DES"),
        ("pkcs8 -topk8 -v1 PBE-SHA1-RC4-128", "PBE-SHA1-RC4-128"),
        ("pkcs8 -topk8 -v2 rc2-cbc", "RC2-CBC"), ("pkcs8 -topk8 -v2 bf-cbc", "BF-CBC"),
        ("pkcs8 -topk8 -v1 PBE-MD5-DES -outform DER", "PBE-MD5-DES"),
    ])
    func aKeyUnderARetiredCipherIsOpenedWithAWarning(
        _ command: String, _ cipher: String
    ) throws {
        try openssl(
            "\(command) -provider legacy -provider default -in a.key -out old.key"
                + " -passout pass:secret")
        let (certificate, findings) = try load(
            "a.pem", key: "old.key", password: .text("secret"))
        let finding = CertificateFinding.outdatedKey(directory("old.key"), cipher: cipher)
        #expect(findings.contains(finding), "\(findings)")
        #expect(finding.message.contains(" is encrypted with \(cipher), which OpenSSL has retired"))
        // What came out of the other library signs handshakes here.
        let host = TLSIdentity(
            certificate: certificate, context: context, sessionScope: [1])
        let connection = try Connection(Hosts([:], fallback: host), context: context)
        let client = try TestClient(socket: connection.peer, name: "a.test")
        #expect(connection.handshake(with: client).server.identity === host)
        for (password, code) in [
            (PasswordSource.text("wrong"), "password-wrong"), (nil, "password-needed"),
        ] {
            let error = #expect(throws: TLSError.self) {
                try load("a.pem", key: "old.key", password: password)
            }
            #expect(error?.code == code, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: ["ec -aes256", "ec -des3", "pkcs8 -topk8 -v1 PBE-SHA1-3DES", "pkcs8 -topk8"])
    func aKeyUnderACipherOfTodayIsNoFinding(_ command: String) throws {
        try openssl("\(command) -in a.key -out new.key -passout pass:secret")
        let findings = try load("a.pem", key: "new.key", password: .text("secret")).findings
        #expect(!findings.contains { $0.code == "outdated-key" })
    }

    @Test func aCipherThatNobodyHasIsNamed() throws {
        try openssl("ec -in a.key -aes128 -passout pass:secret -out locked.key")
        let text = try directory.read("locked.key").replacing("AES-128-CBC", with: "IDEA-CBC")
        let path = try directory.write(text, to: "idea.key")
        let error = #expect(throws: TLSError.self) {
            try load("a.pem", key: "idea.key", password: .text("secret"))
        }
        #expect(error?.code == "retired-cipher")
        #expect(error?.message.contains("is encrypted with IDEA-CBC, which OpenSSL") == true)
        #expect(error?.message.hasSuffix("with openssl pkcs8 -topk8 -in \(path)") == true)
    }

    @Test func aPasswordIsTheFirstLineOfItsFile() throws {
        try openssl("ec -in a.key -aes256 -passout pass:secret -out locked.key")
        for text in ["secret", "secret\n", "secret\r\nmore\n", "\u{FEFF}secret\r\n"] {
            let path = try directory.write(text, to: "password")
            _ = try load("a.pem", key: "locked.key", password: .file(path))
        }
        let empty = try directory.write("\n", to: "password")
        #expect(
            throws: TLSError(
                "password file \"\(empty)\" has no first line", code: "password-needed",
                role: "password")
        ) { try load("a.pem", key: "locked.key", password: .file(empty)) }
        let error = #expect(throws: TLSError.self) {
            try load("a.pem", key: "locked.key", password: .noCredential("shop"))
        }
        #expect(error?.message.contains("add LoadCredential=shop:PATH to the unit") == true)
    }

    /// What cat(1), editors and copying make of a chain.
    @Test func blocksNeedNoLineOfTheirOwn() throws {
        let (own, authority) = (try directory.read("a.pem"), try directory.read("ca.pem"))
        let bare = own.split(separator: "\n").joined(separator: "\n")
        for text in [
            bare + authority, "\u{FEFF}" + own + "\u{FEFF}" + authority,
            (own + authority).replacing("\n", with: "\r"),
            bare.replacing("\n", with: "\r\n") + authority.replacing("\n", with: "\r\n"),
            (own + authority).split(separator: "\n").map { "  \($0)\n" }.joined(),
            bare + " \t" + authority,
        ] {
            _ = try directory.write(text, to: "chain.pem")
            let certificate = try load("chain.pem", key: "a.key").certificate
            #expect(certificate.subject == "CN=a.test")
            #expect(!CertificateDoctor.has(.issuerNotFound("CN=ca"), certificate))
        }
        // The key behind its certificate.
        _ = try directory.write(bare + (try directory.read("a.key")), to: "both.pem")
        _ = try load("both.pem")
    }

    /// `TarCert`, `TarKey`.
    @Test func theCertificateForTargetsIsReadAlike() throws {
        var settings = TLSClientContext.Settings()
        settings.verifies = false
        let lines = try directory.read("a.pem").split(separator: "\n").joined(separator: "\r\n")
        let key = try directory.read("a.key")
        settings.certificate = try directory.write("\u{FEFF}\(lines)\(key)", to: "both.pem")
        _ = try TLSClientContext(settings)
        try openssl("ec -in a.key -aes128 -passout pass:secret -out locked.key")
        settings.key = directory("locked.key")
        let error = #expect(throws: TLSError.self) { _ = try TLSClientContext(settings) }
        #expect(error?.code == "key")
        #expect(error?.message.contains("decrypt it with openssl pkey") == true)
    }

    @Test func textInUTF16IsNamed() throws {
        let text = try directory.read("a.pem")
        for units in ["\u{FEFF}\(text)", text] {
            let bytes = units.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
            try directory.write(bytes, to: "wide.pem")
            let error = #expect(throws: TLSError.self) { try load("wide.pem", key: "a.key") }
            #expect(error?.message.contains("wide.pem\" is UTF-16 text: save it as UTF-8") == true)
        }
        let bytes = "\u{FEFF}secret\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        try directory.write(bytes, to: "password")
        let error = #expect(throws: TLSError.self) {
            try load("a.pem", key: "a.key", password: .file(directory("password")))
        }
        #expect(error?.code == "utf-16")
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
        // Whoever runs the tests is not the service.
        #expect(error?.message.contains("read it: setfacl -m u:") == true)
    }

    @Test func theRemedyIsForTheUserWhoMayNot() {
        #expect(FilePermission.subject("icshostd") == "g:icshostd")
        #expect(FilePermission.subject("nobody") == "u:nobody")
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
