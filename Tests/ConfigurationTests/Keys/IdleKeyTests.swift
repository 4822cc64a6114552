import Handlers
import Testing

@testable import Configuration

/// Keys that nobody goes by: what is told when they ask for something, and silence when they do not.
@Suite struct IdleKeyTests {
    private static let handlers = BuiltinHandlers.all.map { HandlerDeclaration($0) }

    private static func read(_ text: String) -> LoadedConfiguration {
        LoadedConfiguration(bytes: Array(text.utf8), file: "c", handlers: handlers)
    }

    /// A host of a target, to which tests add lines; the last section is the one that they are for.
    private static func text(_ section: Section, _ line: String) -> String {
        let target = "[Target1]\nHostTag=T\nTarHost=b.test\nTarPort=1\n"
        let host = """
            [Host1]
            Hosts=a.test
            HostTag=T
            BindIpAddr=127.0.0.1
            BindNonPort=80
            BindSslPort=443
            Handler=proxy

            """
        return switch section {
        case .server: host + target + "[Server]\n\(line)\n"
        case .host: target + host + "\(line)\n"
        case .target: host + target + "\(line)\n"
        }
    }

    private enum Section: String {
        case server, host, target
    }

    private struct Row: CustomTestStringConvertible {
        let section: Section
        let key: String
        /// A value that asks for something.
        let asked: String
        let reason: String
        var testDescription: String { "\(section) \(key)" }

        init(_ section: Section, _ key: String, _ asked: String, _ reason: String) {
            (self.section, self.key, self.asked, self.reason) = (section, key, asked, reason)
        }
    }

    private static let orders = "certificates are not ordered yet"
    private static let http = "proxies do not inspect HTTP yet"
    private static let speed = "bandwidth is not limited yet"

    private static let shared = [
        ("CertChallenge", "ChallFileSrv", orders), ("CertPKeyType", "PrivKeyEd25519", orders),
        ("CertSignDigest", "Digest_sha512", orders), ("SupplierTitle", "x", orders),
        ("AcmeSupplier", "AcmeGoogle", orders), ("AcmeCertProfile", "shortlived", orders),
        ("AcmeCertValidity", "7", orders), ("SslCertAutoOrder", "True", orders),
        ("WebTemplDir", "c:\\t", "there are no page templates yet"),
        ("BandwidthLimit", "1", speed), ("BandwidthLimitKB", "1", speed),
        ("OcspSrvStapling", "1", "OCSP responses are not stapled yet"),
    ]

    private static let rows: [Row] =
        shared.flatMap { [Row(.server, $0.0, $0.1, $0.2), Row(.host, $0.0, $0.1, $0.2)] } + [
            Row(.host, "Proto", "HTTP", "HTTP is not inspected, bytes are passed through"),
            Row(
                .host, "SslLoadSource", "CertWinStoreUser",
                "there are no Windows certificate stores here, SslCert is read instead"),
            Row(.host, "CertSupplierProto", "SuppProtoAcmeV2", orders),
            Row(.host, "CertDirWork", "c:\\w", orders),
            Row(.server, "SizeCompressMin", "1", "web content is not compressed yet"),
            Row(.server, "SizeCompressMax", "1", "web content is not compressed yet"),
            Row(
                .server, "MaxBlkSize", "1",
                "the daemon chooses the block size itself"),
            Row(.server, "BandwidthSampling", "1", speed),
            Row(.server, "SessionTimeout", "1", "there are no web sessions yet"),
            Row(.server, "MaxSessions", "1", "there are no web sessions yet"),
            Row(
                .server, "Options", "[hoAllowPut]",
                "web hosts have no such options yet; WebDirList lists directories"),
            Row(.server, "MaxStreamMB", "1", "uploads are discarded"),
            Row(.server, "DebugLevel", "DebugAll", "LogLevel controls what is logged"),
            Row(
                .server, "TarSecLevel", "sslSecLevel128bits",
                "targets use the TLS policy of the daemon"),
            Row(.server, "CertVerTar", "CertVerNone", "hosts use TarVerify and TarCA instead"),
            Row(
                .server, "SslRevocation", "True",
                "revocation is not checked yet"),
            Row(.server, "SslReportChain", "True", "certificates of targets are not logged yet"),
            Row(.server, "HttpIgnoreClose", "True", http),
            Row(.server, "HttpSrcCompress", "True", http),
            Row(.server, "HttpTarCompress", "True", http),
            Row(.server, "HttpStripUpgrade", "False", http),
            Row(.server, "HttpStopCached", "True", http),
            Row(.server, "HttpMaxBody", "1", http), Row(.server, "HttpCompMinSize", "1", http),
            Row(.target, "SrcPath", "/api", "every path goes to this target"),
            Row(.target, "UpdateHttp", "True", "nothing rewrites headers yet"),
            Row(.target, "UpdateHtml", "True", "nothing rewrites pages yet"),
        ]

    @Test(arguments: rows) private func whatAsksForSomethingIsAWarning(_ row: Row) {
        let text = Self.text(row.section, "\(row.key)=\(row.asked)")
        let line = text.split(separator: "\n").count
        #expect(
            Self.read(text).told == [
                "c:\(line):1: warning: \(row.key) has no effect: \(row.reason)"
            ])
    }

    private static func defaultText(_ row: Row) -> String? {
        let name = row.key.lowercased()
        return switch row.section {
        case .server: Schema.server[lowercased: name]?.defaultText
        case .host: Schema.host[lowercased: name]?.defaultText
        case .target: Schema.target[lowercased: name]?.defaultText
        }
    }

    @Test(arguments: rows) private func whatIsBlankOrAtItsDefaultIsNotTold(_ row: Row) throws {
        for value in ["", try #require(Self.defaultText(row))] {
            let loaded = Self.read(Self.text(row.section, "\(row.key)=\(value)"))
            #expect(loaded.diagnostics.sorted().map(\.description) == [], "\(value)")
        }
    }

    /// A key that is reserved and not in the table would be one that nobody has judged.
    @Test func everyKeyThatIsNotUsedYetHasARow() {
        let table = HandlerTable(Self.handlers)
        func names<Target>(_ keys: [SchemaKey<Target>], _ section: Section) -> [String] {
            keys.filter { $0.isReserved && !table.hasOwner(ofKey: $0.name) }.map {
                "\(section) \($0.name)"
            }
        }
        let all =
            names(Schema.server.keys, .server) + names(Schema.host.keys, .host)
            + names(Schema.target.keys, .target)
        let judged = Set(Self.rows.map(\.testDescription)).union(["host ForwardProxy"])
        #expect(all.filter { !judged.contains($0) } == [])
        #expect(judged.subtracting(all) == [])
    }

    @Test(arguments: [
        ("WebDocDir", "c:\\www", "web"), ("WellKnownPath", "/w", "redirect and web"),
        ("KeepAliveTimeSec", "60", "redirect and web"), ("WebLogDir", "d:\\l", "redirect and web"),
    ])
    func aKeyOfAnotherHandlerIsAWarning(_ key: String, _ value: String, _ owners: String) {
        #expect(
            Self.read(Self.text(.host, "\(key)=\(value)")).told == [
                "c:12:1: warning: \(key) has no effect: it is a key of \(owners), not of the handler "
                    + "\"proxy\""
            ])
        #expect(Self.read(Self.text(.host, "\(key)=")).told == [])
        #expect(Self.read(Self.text(.host, "KeepAliveTimeSec=10")).told == [])
    }

    @Test(arguments: ["SMTP", "pop3", "TELNET"])
    func everyOtherProtocolOfAProxyIsObeyed(_ word: String) {
        #expect(Self.read(Self.text(.host, "Proto=\(word)")).told == [])
    }

    @Test func whatWebHostsSpeakIsHTTP() {
        let text =
            "[Host1]\nHosts=a.test\nBindIpAddr=::1\nBindNonPort=80\nWebDocDir=/w\nProto=HTTP\n"
        #expect(Self.read(text).diagnostics.isEmpty)
    }

    @Test func severalSectionsAreToldOnce() {
        let host = Self.text(.host, "BandwidthLimit=1")
        let hosts = (2...6).map { number in
            """
            [Host\(number)]
            Hosts=a.test
            BindIpAddr=127.0.0.\(number)
            BindNonPort=80
            Handler=echo
            BandwidthLimit=1

            """
        }
        #expect(
            Self.read(host + hosts.joined()).told == [
                "c:12:1: warning: BandwidthLimit has no effect, nor in [Host2], [Host3], [Host4] and "
                    + "2 more: bandwidth is not limited yet"
            ])
    }

    /// Unless a host has such a handler, or one that nobody knows.
    @Test func aDefaultOfTheServerThatNoHostHasIsAWarning() {
        let server = "[Server]\nKeepAliveTimeSec=60\nMaxUploadMB=205\nServerHeader=\n"
        let host = "[Host1]\nHosts=a.test\nBindIpAddr=::1\nBindNonPort=80\nHandler="
        #expect(
            Self.read(server + host + "echo\n").told == [
                "c:2:1: warning: KeepAliveTimeSec has no effect: no host has the handler redirect or "
                    + "web"
            ])
        #expect(Self.read(server + host + "web\n").told == [])
        #expect(Self.read(server + host + "unheard\n").told == [])
    }

    private func trouble(_ text: String) throws -> SectionTrouble? {
        let loaded = Self.read(text)
        #expect(loaded.told == [])
        return try #require(loaded.settings.hosts.first).troubles.first
    }

    @Test(arguments: ["True", "1", "tru"])
    func aForwardProxyLeavesItsHostOut(_ value: String) throws {
        let text =
            "[Source5]\nHosts=a.test\nBindIpAddr=0.0.0.0\nBindNonPort=81\nForwardProxy=\(value)\n"
        for text in [text, text + "Handler=echo\n"] {
            let trouble = try #require(try trouble(text))
            #expect(
                trouble.message
                    == "ForwardProxy=True is not supported yet: icshostd has no forward proxy")
            #expect(trouble.location.line == 5)
        }
    }

    @Test func aHostThatIsNoForwardProxyNeedsAHandler() {
        let text =
            "[Source5]\nHosts=a.test\nBindIpAddr=0.0.0.0\nBindNonPort=81\nForwardProxy=False\n"
        #expect(Self.read(text).told.first?.contains("Handler is missing") == true)
    }

    private static func targets(_ paths: String...) -> String {
        "[Host1]\nHosts=a.test\nHostTag=T\nBindIpAddr=127.0.0.1\nBindNonPort=80\nHandler=proxy\n"
            + paths.enumerated().map { index, path in
                "[Target\(index + 1)]\nHostTag=T\nTarHost=b\(index).test\nTarPort=1\n"
                    + "SrcPath=\(path)\n"
            }.joined()
    }

    @Test func pathsOfSeveralTargetsLeaveTheirHostOut() throws {
        let text = Self.targets("/", "/api")
        let trouble = try #require(try trouble(text))
        #expect(
            trouble.message
                == "SrcPath of [Target2] is not supported yet: requests for \"/api\" would go to any "
                + "of the 2 targets of the tag \"T\"")
        #expect(trouble.location.line == 16)
        // Without the key the printed file would serve, and serve otherwise.
        let printed = SettingsPrinter.text(Self.read(text).settings)
        #expect(printed.contains("\nSrcPath=/api\n"))
        #expect(Self.read(printed).settings.hosts.first?.troubles.count == 1)
    }

    @Test func oneTargetOrOneForEveryPathIsServed() throws {
        #expect(try trouble(Self.targets("/", "")) == nil)
        let disabled = Self.targets("", "/api") + "HostEnabled=False\n"
        #expect(Self.read(disabled).settings.hosts.first?.troubles.isEmpty == true)
    }

    @Test func convertLeavesOutWhatHasNoEffect() {
        let text = Self.text(.host, "CertDirWork=c:\\w\nCertPKeyType=1\nWebDocDir=/w")
        let printed = SettingsPrinter.text(Self.read(text).settings)
        #expect(
            printed.contains(
                "Handler=proxy\n; no effect: CertDirWork=c:\\w\n; no effect: WebDocDir=/w\n"))
        #expect(!printed.contains("CertPKeyType"))
        #expect(Self.read(printed).told == [])
    }
}
