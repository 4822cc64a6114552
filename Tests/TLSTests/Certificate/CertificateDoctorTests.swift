import Glibc
import TLS
import TestSupport
import Testing

/// What is odd about certificates that can be used, and chains that cannot.
@Suite struct CertificateDoctorTests {
    private let directory: TemporaryDirectory
    private let context: TLSContext

    init() throws {
        directory = try TemporaryDirectory()
        context = try TLSContext(policy: .level(5))
        try make("root", names: [])
        try make("middle", names: [], signedBy: "root", isAuthority: true)
        try make("a.test", names: ["a.test", "*.b.test"], signedBy: "middle")
    }

    private func make(
        _ name: String, names: [String], signedBy issuer: String? = nil, isAuthority: Bool = false
    ) throws {
        var words = [
            "openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-subj", "/CN=\(name)", "-keyout", directory("\(name).key"),
            "-out", directory("\(name).pem"), "-days", "60",
        ]
        if !names.isEmpty {
            let list = names.map { "DNS:\($0)" }.joined(separator: ",")
            words += ["-addext", "subjectAltName=\(list)"]
        }
        if let issuer {
            words += [
                "-CA", directory("\(issuer).pem"), "-CAkey", directory("\(issuer).key"),
            ]
        }
        try Command.succeed(words)
        unsafe chmod(directory("\(name).key"), 0o600)
    }

    /// Joins files into one.
    private func bundle(_ names: String...) throws -> String {
        try directory.write(names.map { try directory.read($0) }.joined(), to: "bundle.pem")
    }

    private func load(
        _ certificate: String, key: String = "a.test.key"
    ) throws(TLSError) -> (certificate: TLSCertificate, findings: [CertificateFinding]) {
        try TLSCertificate.load(
            CertificateFiles(certificate: .file(certificate), key: .file(directory(key))),
            context: context)
    }

    private func findings(
        _ certificate: TLSCertificate, names: [String] = ["a.test"], days: Int = 30
    ) -> [CertificateFinding] {
        CertificateDoctor.findings(certificate, names: names, expireDays: days, now: time(nil))
    }

    @Test func aWholeChainIsSound() throws {
        let loaded = try load(bundle("a.test.pem", "middle.pem", "root.pem"))
        #expect(loaded.findings == [])
        #expect(findings(loaded.certificate) == [])
    }

    @Test func namesThatAreNotCoveredAreNamed() throws {
        let certificate = try load(bundle("a.test.pem", "middle.pem", "root.pem")).certificate
        #expect(findings(certificate, names: ["x.b.test", "*.b.test", "*"]) == [])
        let found = findings(certificate, names: ["b.test", "x.y.b.test", "a.test"])
        #expect(found == [.namesNotCovered(["b.test", "x.y.b.test"])])
        #expect(found[0].message.contains("does not cover b.test, x.y.b.test"))
    }

    @Test func aMissingIssuerIsNamed() throws {
        #expect(
            findings(try load(bundle("a.test.pem")).certificate) == [.issuerNotFound("CN=middle")])
        let partial = try load(bundle("a.test.pem", "middle.pem")).certificate
        #expect(findings(partial) == [.issuerNotFound("CN=root")])
    }

    @Test func aWrongOrderIsToldAndMended() throws {
        let loaded = try load(bundle("a.test.pem", "root.pem", "middle.pem"))
        #expect(loaded.findings == [.wrongOrder])
        #expect(findings(loaded.certificate) == [])
        #expect(try load(bundle("middle.pem", "a.test.pem", "root.pem")).findings == [.wrongOrder])
        let right = try load(bundle("a.test.pem", "middle.pem", "root.pem")).certificate
        #expect(right.isSame(as: loaded.certificate))
    }

    @Test func aChainWhoseSignaturesDoNotHoldIsRefused() throws {
        // Another authority that took the same name.
        let path = try bundle("a.test.pem")
        try make("middle", names: [], signedBy: "root")
        let text = try directory.read("bundle.pem") + directory.read("middle.pem")
        _ = try directory.write(text, to: "bundle.pem")
        #expect(
            throws: TLSError(
                "certificate file \"\(path)\" has a broken chain: CN=a.test is not signed"
                    + " by the key of CN=middle", code: "bad-signature", role: "certificate")
        ) { try load(path) }
    }

    @Test func anEndThatIsNearIsToldAndOneThatIsPast() throws {
        let certificate = try load(bundle("a.test.pem", "middle.pem", "root.pem")).certificate
        let end = certificate.notAfter
        #expect(findings(certificate, days: 61) == [.endsSoon(end)])
        #expect(findings(certificate, days: 59) == [])
        #expect(
            CertificateDoctor.findings(
                certificate, names: ["a.test"], expireDays: 30, now: end + 1) == [.ended(end)])
        #expect(CertificateTime.text(0) == "1970-01-01 00:00 UTC")
    }

    /// Signs the chain's middle anew by the root, to be valid for these seconds from now.
    private func redateMiddle(from start: Int, to end: Int) throws {
        try EndingCertificate.redate(
            directory("middle.pem"), signedBy: directory("root.key"), startsIn: start, endsIn: end)
    }

    @Test(arguments: [
        (-7_200, -60, "expired", "expired on "),
        (3_600, 86_400, "not-yet-valid", "is not valid before "),
    ])
    func aChainThatIsNotValidNowIsRefused(
        _ start: Int, _ end: Int, _ code: String, _ words: String
    ) throws {
        try redateMiddle(from: start, to: end)
        for files in [["a.test.pem", "middle.pem"], ["a.test.pem", "middle.pem", "root.pem"]] {
            let text = try files.map { try directory.read($0) }.joined()
            let path = try directory.write(text, to: "bundle.pem")
            let error = #expect(throws: TLSError.self) { try load(path) }
            #expect(error?.code == code)
            #expect(
                error?.message.contains(
                    "has a chain with a certificate, CN=middle, that \(words)") == true)
        }
    }

    @Test func theEndOfAChainIsThatOfItsFirstToEnd() throws {
        try redateMiddle(from: -3_600, to: 20 * 86_400)
        let certificate = try load(bundle("a.test.pem", "middle.pem", "root.pem")).certificate
        let end = certificate.notAfter
        #expect((19...20).contains((end - time(nil)) / 86_400))
        let found = findings(certificate)
        #expect(found == [.endsSoon(end, of: "CN=middle")])
        #expect(found[0].message.hasPrefix("the certificate CN=middle of the chain expires on "))
        #expect(findings(certificate, days: 10) == [])
    }

    @Test func theEndOfARootDoesNotCount() throws {
        try EndingCertificate.redate(
            directory("root.pem"), signedBy: directory("root.key"), startsIn: -7_200, endsIn: -60)
        let certificate = try load(bundle("a.test.pem", "middle.pem", "root.pem")).certificate
        #expect(findings(certificate) == [])
        #expect((58...60).contains((certificate.notAfter - time(nil)) / 86_400))
    }

    @Test func ofTwoWithOneKeyTheOneThatLastsIsShown() throws {
        let renewed = try directory.read("middle.pem")
        try redateMiddle(from: -7_200, to: -60)
        let text = try directory.read("a.test.pem") + directory.read("middle.pem") + renewed
        let certificate = try load(directory.write(text, to: "bundle.pem")).certificate
        #expect((58...60).contains((certificate.notAfter - time(nil)) / 86_400))
    }

    /// The certificate of `middle` that another root has issued for the same key.
    private func crossSign(_ name: String, by issuer: String, days: Int = 60) throws -> String {
        try make(issuer, names: [])
        for words in [
            [
                "req", "-new", "-key", directory("\(name).key"), "-subj", "/CN=\(name)", "-out",
                directory("\(name).csr"),
            ],
            [
                "x509", "-req", "-in", directory("\(name).csr"), "-CA",
                directory("\(issuer).pem"), "-CAkey", directory("\(issuer).key"), "-days",
                "\(days)", "-out", directory("\(name)-\(issuer).pem"),
                "-extfile",
                try directory.write("basicConstraints=critical,CA:TRUE", to: "authority.ext"),
            ],
        ] {
            try Command.succeed(["openssl"] + words)
        }
        return "\(name)-\(issuer).pem"
    }

    /// What a client that knows one authority makes of what a certificate shows.
    private func accepts(_ certificate: TLSCertificate, trusting root: String, shown: Int? = nil)
        throws -> Bool
    {
        let identity = TLSIdentity(
            certificate: certificate, context: context, sessionScope: [1])
        let connection = try Connection(Hosts([:], fallback: identity), context: context)
        let client = try TestClient(
            socket: connection.peer, name: "a.test", trusting: directory(root))
        let step = connection.handshake(with: client).client
        if let shown { #expect(client.shownCertificates == shown) }
        return step == .done
    }

    @Test(arguments: [false, true])
    func ofTwoRootsEachHasItsClients(_ isFirst: Bool) throws {
        let cross = try crossSign("middle", by: "elder")
        let middles = isFirst ? [cross, "middle.pem"] : ["middle.pem", cross]
        let loaded = try load(bundle("a.test.pem", middles[0], middles[1]))
        #expect(loaded.findings == [])
        // Clients of OpenSSL try one of two certificates of an issuer, the first.
        #expect(
            try accepts(
                loaded.certificate, trusting: isFirst ? "elder.pem" : "root.pem", shown: 3))
        let again = try load(bundle("a.test.pem", middles[0], middles[1], "middle.pem"))
        #expect(again.certificate.isSame(as: loaded.certificate))
        // Neither costs clients more than itself.
        #expect(loaded.certificate.notAfter > time(nil) + 58 * 86_400)
    }

    /// leaf, intermediate, and the root signed by an older root, which has ended.
    @Test func aCrossSignedRootThatHasEndedCostsNobodyTheHost() throws {
        let cross = try crossSign("root", by: "elder")
        try EndingCertificate.redate(
            directory(cross), signedBy: directory("elder.key"), startsIn: -7_200, endsIn: -60)
        for extra in [[], ["elder.pem"]] {
            if !extra.isEmpty {
                try EndingCertificate.redate(
                    directory("elder.pem"), signedBy: directory("elder.key"), startsIn: -7_200,
                    endsIn: -60)
            }
            let text = try (["a.test.pem", "middle.pem", cross] + extra).map {
                try directory.read($0)
            }
            let loaded = try load(directory.write(text.joined(), to: "bundle.pem"))
            let names = ["CN=root"] + extra.map { _ in "CN=elder" }
            #expect(loaded.findings == [.notValid(names)])
            #expect(findings(loaded.certificate) == [])
            #expect(try accepts(loaded.certificate, trusting: "root.pem"))
        }
    }

    /// It is sent, and the host's certificates are to be read again when it ends.
    @Test func aCrossSignedRootThatWillEndIsNoEndOfTheHost() throws {
        let cross = try crossSign("root", by: "elder")
        try EndingCertificate.redate(
            directory(cross), signedBy: directory("elder.key"), startsIn: -7_200, endsIn: 86_400)
        let loaded = try load(bundle("a.test.pem", "middle.pem", cross))
        #expect(loaded.findings == [])
        #expect(loaded.certificate.notAfter > time(nil) + 58 * 86_400)
        #expect(loaded.certificate.firstEnd < time(nil) + 2 * 86_400)
        for root in ["root.pem", "elder.pem"] {
            #expect(try accepts(loaded.certificate, trusting: root))
        }
    }

    @Test func oneOfTwoWaysMayEnd() throws {
        let cross = try crossSign("middle", by: "elder")
        try redateMiddle(from: -7_200, to: -60)
        let loaded = try load(bundle("a.test.pem", "middle.pem", cross))
        #expect(loaded.findings == [.notValid(["CN=middle"])])
        #expect(try accepts(loaded.certificate, trusting: "elder.pem"))
        #expect(try !accepts(loaded.certificate, trusting: "root.pem"))
    }

    @Test func anIntermediateThatHasEndedBelowAValidRootIsTheEndOfTheHost() throws {
        try make("deep", names: [], signedBy: "middle", isAuthority: true)
        try make("a.test", names: ["a.test"], signedBy: "deep")
        try redateMiddle(from: -7_200, to: -60)
        let error = #expect(throws: TLSError.self) {
            try load(bundle("a.test.pem", "deep.pem", "middle.pem", "root.pem"))
        }
        #expect(error?.code == "expired")
    }

    @Test func whatBelongsToNoChainIsTold() throws {
        try make("stranger", names: [])
        let loaded = try load(bundle("a.test.pem", "stranger.pem", "middle.pem", "root.pem"))
        #expect(loaded.findings == [.unrelated(["CN=stranger"])])
        #expect(loaded.findings[0].message.hasPrefix("a certificate of CN=stranger in SslCert"))
    }

    @Test func whatIsSelfSignedIsTold() throws {
        let certificate = try load(directory("root.pem"), key: "root.key").certificate
        #expect(findings(certificate, names: []) == [.selfSigned])
    }

    @Test func aKeyThatEveryUserMayReadIsTold() throws {
        let path = try bundle("a.test.pem", "middle.pem", "root.pem")
        unsafe chmod(directory("a.test.key"), 0o644)
        let findings = try load(path).findings
        #expect(findings == [.keyReadableByOthers(directory("a.test.key"))])
        #expect(findings[0].message.contains("chmod o-rwx"))
    }
}
