import Configuration
import Testing

/// What ICS files say and icshostd reads as ICS does.
@Suite struct ForeignLanguageTests {
    private func only(_ text: String) throws -> HostSettings {
        let loaded = load(text)
        #expect(loaded.told == [])
        return try #require(loaded.settings.hosts.first)
    }

    @Test(arguments: ["IcsHost1", "host7", "SOURCE12", "Host shop", "icshost my-shop_2.x"])
    func hostSectionsHaveANumberOrAName(_ name: String) throws {
        #expect(try only(host.replacing("Host1", with: name)).section == name)
    }

    @Test(arguments: ["Host 1", "Host ../x", "Host a/b", "Hostshop", "Host a b", "Source"])
    func otherNamesAreUnknown(_ name: String) {
        #expect(
            diagnose("[\(name)]\n" + host).first?.contains("unknown section \"[\(name)]\"") == true)
    }

    @Test(arguments: ["WebAppServer", "HttpAppSrv", "Proxy", "FtpServer", "SslFtpServer"])
    func serverSectionsOfICSAreAsTheServers(_ name: String) {
        let loaded = load("[\(name)]\nMaxClients=7\nRootCA=x\n[Server]\nBanner=b\n" + host)
        #expect(loaded.told == [])
        #expect(loaded.settings.server.maxClients == 7)
        #expect(loaded.settings.server.banner == "b")
        #expect(
            diagnose("[\(name)]\nMaxClients=7\n[Server]\nMaxClients=8\n" + host) == [
                "c:4:1: error: MaxClients is given twice", "c:2:1: note: first given here",
            ])
        #expect(
            diagnose("[\(name)]\nMaxClient=7\n" + host) == [
                "c:2:1: warning: unknown key \"MaxClient\" in [\(name)]; did you mean "
                    + "\"MaxClients\"?"
            ])
    }

    @Test(
        arguments: [
            ("[General]\nAdminEmailTo=x\n", "c:1:1: note: not used by icshostd: [General]"),
            ("[MAILQUEUE]\nx=y\n", "c:1:1: note: not used by icshostd: [MAILQUEUE]"),
            ("[Proxy]\nRxBuffSize=1\n", "c:2:1: note: not used by icshostd: RxBuffSize"),
            ("[FtpServer]\nZlibMinLevel=1\n", "c:2:1: note: not used by icshostd: ZlibMinLevel"),
            ("[Proxy]\nLocalAddr=192.0.2.1\n", "c:2:1: note: not used by icshostd: LocalAddr"),
            ("[Proxy]\nLocalAddr=0.0.0.0\nX509ProxyURL=\nRxBuffSize=65536\n", nil),
            ("[Server]\nSessionTimeout=\n", nil),
        ] as [(String, String?)])
    func whatIsNotUsedIsANote(_ text: String, _ note: String?) {
        #expect(notes(text + host) == [note].compactMap { $0 })
        #expect(diagnose(text + host) == [])
    }

    @Test(arguments: [
        ("CertProduct=x", ["c:6:1: note: not used by icshostd: CertProduct"]),
        ("RootCA=x", ["c:6:1: note: not used by icshostd: RootCA"]), ("CertProduct=", []),
    ])
    func keysOfHostsThatAreNotUsedAreNotes(_ line: String, _ expected: [String]) {
        #expect(notes(host + line + "\n") == expected)
        #expect(diagnose(host + line + "\n") == [])
    }

    @Test func aWordWithTIsTrueWithANote() {
        let text = host + "HostEnabled=Tak\n"
        #expect(
            notes(text) == [
                "c:6:13: note: HostEnabled=\"Tak\" is read as True, as ICS reads such words: write True"
            ])
        #expect(load(text).settings.hosts.first?.isEnabled == true)
    }

    @Test func aHostThatDoesNotSayWhetherItIsEnabledIsNotedOnceAndOnlyWhereAsked() {
        func note(_ text: String) -> String? {
            let loaded = load(text)
            #expect(loaded.diagnostics.isEmpty)
            var diagnostics = Diagnostics()
            loaded.settings.noteSilentSections(into: &diagnostics)
            return diagnostics.sorted().first?.description
        }
        let first =
            "c:1:1: note: enabled because HostEnabled is absent; ICS would skip this section"
        #expect(note(host) == first)
        #expect(
            note(
                host
                    + host.replacing("Host1", with: "Host2").replacing("7000", with: "1")
                    .replacing("a.test", with: "b.test")) == first + ", and 1 more")
        #expect(note(host + "Enabled=True\n") == nil)
    }

    @Test(arguments: [
        ("Hosts", "HostNames"), ("SslSecLevel", "SslSrvSecurity"), ("Descr", "Desc"),
        ("CliCertMethod", "SslCliCertMethod"), ("HostEnabled", "Enabled"),
        ("SslInter", "SslInters"),
    ])
    func aKeyHasTwoNamesAndIsGivenOnce(_ name: String, _ other: String) {
        let value = ["HostEnabled": "1", "SslSecLevel": "5", "CliCertMethod": "0"][name] ?? "x"
        let text = host.replacing("Hosts=a.test\n", with: name == "Hosts" ? "" : "Hosts=a.test\n")
        #expect(
            diagnose(text + "BindSslPort=1\n\(other)=\(value)\n") == [])
        #expect(
            diagnose(text + "BindSslPort=1\n\(name)=\(value)\n\(other)=\(value)\n").first?
                .contains("\(other) is given twice") == true)
    }

    @Test(arguments: [
        (
            "WebRedirectURL=https://b.test/\nWebRedirectStat=301\nForwardProxy=1\nWebDocDir=/x",
            "redirect"
        ),
        // As in ICS: without a status there is no redirect, where there is something else.
        ("WebRedirectURL=https://b.test/\nWebDocDir=/x", "web"),
        ("WebRedirectURL=https://b.test/\nWebRedirectStat=0\nWebDocDir=/x", "web"),
        ("WebRedirectURL=https://b.test/\nWebRedirectStat=0", "redirect"),
        ("ForwardProxy=False\nWebDocDir=/x", "web"), ("WebDocDir=/x", "web"),
        ("HostTag=T\nWebDocDir=/x\n[Target1]\nHostTag=t\nTarHost=b.test", "proxy"),
        ("WebDocDir=/x\nHandler=echo", "echo"),
    ])
    func keysImplyAHandler(_ lines: String, _ expected: String) throws {
        let text = host.replacing("Handler=echo\n", with: "")
        let loaded = load(text + lines + "\n")
        #expect(!loaded.diagnostics.hasErrors)
        #expect(loaded.settings.hosts.first?.handler?.value == expected)
    }

    @Test func targetsAreReadAndJoinedByTag() throws {
        let loaded = load(
            host.replacing("Handler=echo", with: "HostTag=T") + """
                [Target1]
                HostTag=t
                Enabled=0
                Desc=d
                TarHost=b.test
                TarPort=465
                TarSsl=True
                SrcPath=/API
                IdleTimeout=60
                UpdateHttp=1
                UpdateHtml=0
                SocketFamily=3

                """)
        #expect(!loaded.diagnostics.hasErrors)
        let target = try #require(loaded.settings.targets.first)
        #expect(target.tag?.value == "t" && !target.isEnabled && target.description == "d")
        #expect(target.host?.value == "b.test" && target.port == 465 && target.usesTLS)
        #expect(target.path == "/api" && target.idleTimeout == .seconds(60))
        #expect(target.rewritesHeaders && !target.rewritesPages)
        #expect(target.socketFamily == "sfIPv4")
    }

    @Test(arguments: [
        (
            "[Target1]\nHostTag=Host2\nTarHost=b\n",
            "7:9: warning: no host has the tag \"Host2\"; "
                + "did you mean \"Host1\"?"
        ),
        (
            "[Target1]\nTarHost=b\n",
            "6:1: error: HostTag is missing: name the tag of the host that "
                + "it serves"
        ),
        (
            "[Target1]\nHostTag=Host1\nTarHost=\n",
            "8:9: error: TarHost is blank: name the machine to connect to"
        ),
        (
            "[Target1]\nHostTag=Host1\nTarHost=b\nTarPrt=1\n",
            "9:1: error: unknown key \"TarPrt\" in [Target1]; did you mean \"TarPort\"?"
        ),
        (
            "[Target1]\nHostTag=Host1\nTarHost=b\n[TARGET1]\n",
            "9:1: error: [TARGET1] is given twice"
        ),
    ])
    func namesThePlaceOfAMistakenTarget(_ text: String, _ expected: String) {
        #expect(diagnose(host + text).first == "c:\(expected)")
    }

    @Test func twoHostsDoNotShareATarget() {
        let first = host.replacing("Handler=echo", with: "HostTag=T")
        let second = first.replacing("Host1", with: "Host2").replacing("7000", with: "7001")
        #expect(
            diagnose(first + second + "[Target1]\nHostTag=T\nTarHost=b\n") == [
                "c:10:9: error: [Host2] and [Host1] both proxy to the targets of the tag \"T\"",
                "c:5:9: note: the first is here",
            ])
    }

    @Test func noSSLForbidsSSLPorts() {
        #expect(
            diagnose("[Server]\nNoSSL=True\n" + host + "BindSslPort=443\n") == [
                "c:8:13: error: BindSslPort of [Host1] is not allowed: [Server] has NoSSL=True",
                "c:2:7: note: NoSSL is here",
            ])
        #expect(diagnose("[Server]\nNoSSL=False\n" + host + "BindSslPort=443\n") == [])
    }

    @Test(arguments: [
        (1, 2, "sslCliCertRequire", true), (2, 1, "sslCliCertRequire", true),
        (2, 0, "sslCliCertRequire", false), (1, 0, "sslCliCertOptional", false),
    ])
    func ofTwoMethodsTheStricterCounts(
        _ server: Int, _ own: Int, _ joined: String, _ differsFromICS: Bool
    ) throws {
        let text =
            "[Server]\nSslCliCertMethod=\(server)\nCliCertCA=/ca\n" + host
            + "BindSslPort=443\nCliCertMethod=\(own)\n"
        let suffix = differsFromICS ? "; in ICS, Optional beats Require" : ""
        #expect(
            load(text).diagnostics.sorted().contains {
                $0.description.hasPrefix(
                    "c:10:15: note: CliCertMethod of [Host1] is \(joined): the stricter of this and "
                        + "the setting of [Server] applies\(suffix)\n")
            })
        let settings = load(text).settings
        let clients = try #require(settings.hosts.first).joined(with: settings.server).tls.clients
        #expect(clients.method?.value.name == joined)
        #expect(clients.authorities?.value == "/ca")
    }

    @Test func aServerWithoutTLSUpgradesNobody() throws {
        let text = "[Server]\nNoSSL=True\n" + host + "AuthSslCmd=True\n"
        #expect(
            diagnose(text).first
                == "c:8:12: warning: AuthSslCmd has no effect: [Server] has NoSSL=True")
        let settings = load(text).settings
        #expect(try !#require(settings.hosts.first).joined(with: settings.server).tls.offersUpgrade)
    }

    @Test func unixSocketsWithTLSAreForbiddenByNoSSL() {
        #expect(
            diagnose(
                "[Server]\nNoSSL=True\n[Host1]\nHosts=a\nBindIpAddr=unix-ssl:/s\nHandler=echo\n"
            ).first
                == "c:5:12: error: unix-ssl:/s of [Host1] is not allowed: [Server] has NoSSL=True")
    }

    @Test(
        arguments: [
            ("default", nil, false), ("reject", nil, true), ("reject", "default", false),
            ("default", "reject", true),
        ] as [(String, String?, Bool)])
    func theHostDecidesAboutUnknownNamesBeforeTheServer(
        _ server: String, _ own: String?, _ rejects: Bool
    ) throws {
        let settings = load(
            "[Server]\nSslUnknownName=\(server)\n" + host + "BindSslPort=443\n"
                + (own.map { "SslUnknownName=\($0)\n" } ?? "")
        ).settings
        let joined = try #require(settings.hosts.first).joined(with: settings.server)
        #expect(joined.tls.rejectsUnknownNames == rejects)
    }

    @Test(arguments: [("modern", 9), ("Intermediate", 5), ("OLD", 2), ("7", 7)])
    func levelsHaveTheNamesOfMozillaToo(_ name: String, _ ordinal: Int) {
        let hosts = load(host + "BindSslPort=443\nSslSecLevel=\(name)\n").settings.hosts
        #expect(hosts.first?.securityLevel.rawValue == ordinal)
    }

    @Test(
        arguments: [
            ("ChallFileUNC", 7000, 443, "it needs BindNonPort=80"),
            ("ChallFileUNC", 80, 443, "it needs WellKnownPath"),
            ("ChallFileSrv", 80, 443, nil), ("ChallAlpnSrv", 80, 443, nil),
            ("ChallAlpnApp", 80, 444, "it needs BindSslPort=443"),
            ("ChallEmail", 80, 443, "no server can answer it by itself"), ("6", 80, 443, nil),
            ("ChallNone", 80, 444, nil),
        ] as [(String, Int, Int, String?)])
    func aChallengeNeedsItsPorts(_ name: String, _ plain: Int, _ tls: Int, _ problem: String?) {
        let text =
            host.replacing("7000", with: "\(plain)") + "BindSslPort=\(tls)\nCertChallenge=\(name)\n"
        let expected = problem.map {
            "c:7:15: warning: CertChallenge=\(name) cannot be answered: \($0)"
        }
        #expect(
            diagnose(text).filter { !$0.contains("has no effect") } == [expected].compactMap { $0 }
        )
    }

    @Test(arguments: [
        ("BandwidthLimitKB=2", "BandwidthLimit", HandlerOptionValue.integer(2_048)),
        ("BandwidthLimit=2", "BandwidthLimit", .integer(2)),
        ("CertPKeyType=privkeyed25519", "CertPKeyType", .text("PrivKeyEd25519")),
        ("CertSignDigest=6", "CertSignDigest", .text("Digest_sha512")),
        ("AcmeSupplier=AcmeGoogle", "AcmeSupplier", .text("AcmeGoogle")),
        ("CertSupplierProto=2", "CertSupplierProto", .text("SuppProtoAcmeV2")),
    ])
    func reservedKeysAreKept(_ line: String, _ key: String, _ value: HandlerOptionValue) {
        let loaded = load(host + "BindSslPort=1\n\(line)\n")
        #expect(loaded.settings.hosts.first?.reserved[key]?.value == value)
    }

    @Test(arguments: [
        "[hoAllowPut, HOALLOWDELETE]", "hoAllowPut", "[]",
    ])
    func webOptionsAreASet(_ text: String) {
        #expect(!load("[Server]\nOptions=\(text)\n" + host).diagnostics.hasErrors)
    }

    @Test func aMistypedWebOptionHasItsPlace() {
        let found = diagnose("[Server]\nOptions=[hoAllowPut, oAllowDelete]\n" + host)
        #expect(found.first?.hasPrefix("c:2:22: error: Options must be names of ho") == true)
        #expect(found.first?.hasSuffix("did you mean \"hoAllowDelete\"?") == true)
        #expect(diagnose("[Server]\nOptions=[hoAllowPut\n" + host).count == 1)
    }
}
