import TestSupport
import Testing

/// What a scanner finds behind each `SslSecLevel`, on a port that another level has first.
@Suite struct SecurityLevelScenarios {
    /// A level with what it lets in.
    struct Level: CustomTestStringConvertible {
        let names: [String]
        let protocols: Set<String>
        /// Of TLS 1.2, without the `ECDHE-ECDSA-` that all begin with: the certificate has an EC key.
        let ciphers: Set<String>
        /// The size of the certificate's curve.
        var curve = 256

        var testDescription: String { names[0] }
    }

    private static let modern = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"]
    private static let old = ["AES128-SHA", "AES128-SHA256", "AES256-SHA", "AES256-SHA384"]
    /// All that OpenSSL has, but for those without authentication or encryption.
    private static let others = [
        "AES128-CCM", "AES128-CCM8", "AES256-CCM", "AES256-CCM8", "ARIA128-GCM-SHA256",
        "ARIA256-GCM-SHA384", "CAMELLIA128-SHA256", "CAMELLIA256-SHA384",
    ]
    private static let both: Set = ["1.2", "1.3"]

    static let levels = [
        Level(
            names: ["sslSrvSecNone", "0"], protocols: both, ciphers: Set(modern + old + others)),
        Level(names: ["sslSrvSecSsl3", "1"], protocols: both, ciphers: Set(modern)),
        Level(names: ["sslSrvSecBack", "2", "old"], protocols: both, ciphers: Set(modern + old)),
        Level(names: ["sslSrvSecInter", "3"], protocols: both, ciphers: Set(modern)),
        Level(names: ["sslSrvSecInterFS", "4"], protocols: both, ciphers: Set(modern)),
        Level(
            names: ["sslSrvSecHigh", "5", "sslSrvSecDefault", "intermediate"], protocols: both,
            ciphers: Set(modern)),
        Level(names: ["sslSrvSecHigh128", "6"], protocols: both, ciphers: Set(modern)),
        // 192 bits leave no cipher with 128.
        Level(
            names: ["sslSrvSecHigh192", "7"], protocols: both,
            ciphers: ["AES256-GCM-SHA384", "CHACHA20-POLY1305"], curve: 384),
        Level(names: ["sslSrvSecTls12Less", "8"], protocols: ["1.2"], ciphers: Set(modern)),
        Level(names: ["sslSrvSecTls13Only", "9", "modern"], protocols: ["1.3"], ciphers: []),
    ]

    @Test(arguments: levels)
    func theScannerFindsWhatTheLevelSays(_ level: Level) throws {
        let directory = try TemporaryDirectory()
        let pair = try LevelCertificates(in: directory).pair(curve: level.curve)
        let port = try ReservedPort()
        func section(_ number: Int, _ level: String) -> String {
            """
            [Host\(number)]
            Hosts=h\(number).test
            BindIpAddr=127.0.0.1
            BindSslPort=\(port.number)
            \(pair.settings)
            SslSecLevel=\(level)
            Handler=echo

            """
        }
        // The port begins with the one that differs most.
        let first = level.protocols.contains("1.2") ? "sslSrvSecTls13Only" : "sslSrvSecTls12Less"
        let strict = level.curve == 384 ? "sslSrvSecHigh192" : first
        let daemon = try DaemonProcess(
            "[Server]\nWorkers=1\n" + section(0, strict)
                + level.names.enumerated().map { section($0 + 1, $1) }.joined(), in: directory)
        for index in level.names.indices {
            let found = try Scan(port: daemon.tlsPort(), name: "h\(index + 1).test")
            #expect(found.protocols == level.protocols)
            #expect(
                found.ciphers["TLSv1.2", default: []]
                    == Set(level.ciphers.map { "ECDHE-ECDSA-\($0)" }))
            let suites = ["AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256", "AES_128_GCM_SHA256"]
            #expect(
                found.ciphers["TLSv1.3", default: []]
                    == Set(
                        level.protocols.contains("1.3")
                            ? suites.prefix(level.curve == 384 ? 2 : 3).map { "TLS_\($0)" } : []))
            #expect(
                found.groups["TLSv1.3", default: []].isSubset(of: ["0x0017", "0x0018", "0x001d"]))
            #expect(!found.text.contains("compression supported=\"1\""))
            #expect(!found.text.contains("renegotiation supported=\"1\""))
            #expect(!found.text.contains("vulnerable=\"1\""))
        }
    }

    @Test(arguments: [("modern", "sslSrvSecTls13Only"), ("intermediate", "sslSrvSecHigh")])
    func mozillaFindsNothingWrong(_ profile: String, _ level: String) throws {
        let directory = try TemporaryDirectory()
        let certificates = try LevelCertificates(in: directory)
        let daemon = try DaemonProcess(
            """
            [Host1]
            Hosts=h1.test
            BindIpAddr=127.0.0.1
            BindSslPort=auto
            \(certificates.pair(curve: 256).settings)
            SslSecLevel=\(level)
            Handler=echo
            """, in: directory)
        let scan = try Command([
            Repository.path + "/.build/sslyze/bin/python", "-m", "sslyze", "--mozilla_config",
            profile, "--certinfo_ca_file", certificates.authority, "--sni", "h1.test",
            "127.0.0.1:\(daemon.tlsPort())",
        ])
        #expect(scan.end == .exited(0), "\(scan.output.suffix(1_500))\(scan.errors)")
        #expect(scan.output.contains("OK - Compliant."))
    }
}

/// What sslscan(1) finds.
private struct Scan {
    let text: String
    private(set) var protocols: Set<String> = []
    /// By protocol.
    private(set) var ciphers: [String: Set<String>] = [:]
    private(set) var groups: [String: Set<String>] = [:]

    init(port: UInt16, name: String) throws {
        text = try Command.succeed(
            ["sslscan", "--no-colour", "--xml=-", "--sni-name=\(name)", "127.0.0.1:\(port)"])
        for line in text.split(separator: "\n") {
            func value(_ key: String) -> String {
                guard let start = line.firstRange(of: " \(key)=\"")?.upperBound else { return "" }
                return String(line[start...].prefix { $0 != "\"" })
            }
            if line.contains("<protocol "), value("enabled") == "1" {
                protocols.insert(value("version"))
            } else if line.contains("<cipher ") {
                ciphers[value("sslversion"), default: []].insert(value("cipher"))
            } else if line.contains("<group ") {
                groups[value("sslversion"), default: []].insert(value("id"))
            }
        }
    }
}

/// Certificates that the pickiest client takes, of an authority of their own.
private struct LevelCertificates {
    let authority: String
    private let directory: TemporaryDirectory

    init(in directory: TemporaryDirectory) throws {
        self.directory = directory
        authority = directory("ca.pem")
        // Without the extensions that openssl.cnf adds.
        try directory.write("[req]\ndistinguished_name=d\n[d]\n", to: "req.conf")
        try request(
            384, "ca",
            [
                "-subj", "/CN=Authority", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                "keyUsage=critical,keyCertSign,cRLSign", "-addext", "subjectKeyIdentifier=hash",
            ])
    }

    /// A certificate for `*.test`, valid 80 days.
    func pair(curve: Int) throws -> Certificates.Pair {
        let name = "p\(curve)"
        try request(
            curve, name,
            [
                "-CA", authority, "-CAkey", directory("ca.key"), "-subj", "/CN=h1.test", "-addext",
                "subjectAltName=DNS:h1.test,DNS:*.test", "-addext",
                "basicConstraints=critical,CA:FALSE", "-addext", "authorityKeyIdentifier=keyid",
                "-addext", "keyUsage=critical,digitalSignature", "-addext",
                "extendedKeyUsage=serverAuth",
            ])
        return Certificates.Pair(
            certificate: directory("\(name).pem"), key: directory("\(name).key"))
    }

    private func request(_ curve: Int, _ name: String, _ words: [String]) throws {
        try Command.succeed(
            [
                "openssl", "req", "-config", directory("req.conf"), "-x509", "-days", "80",
                "-sha384",
                "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-\(curve)", "-nodes", "-keyout",
                directory("\(name).key"), "-out", directory("\(name).pem"),
            ] + words)
    }
}

/// Where the sources are.
private enum Repository {
    static let path =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/")
}
