import Configuration
import HandlerAPI
import Testing

@Suite struct SettingsReaderTests {
    @Test func storesEveryServerKey() {
        let loaded = load(
            """
            [SERVER]
            Workers=2
            ListenBacklog=10
            MaxClients=3
            Banner=hello
            BannerTooBusy=
            HandshakeTimeout=500ms
            DrainTimeout=2m
            StateDirectory=/s
            [Server]
            LogLevel=DEBUG
            OnHostError=Fail

            """ + host)
        let server = loaded.settings.server
        #expect(loaded.told.isEmpty)
        #expect(server.workers == 2)
        #expect(server.listenBacklog == 10)
        #expect(server.maxClients == 3)
        #expect(server.banner == "hello")
        #expect(server.bannerTooBusy == "")
        #expect(server.handshakeTimeout == .milliseconds(500))
        #expect(server.drainTimeout == .seconds(120))
        #expect(server.stateDirectory == "/s")
        #expect(server.logLevel == .debug)
        #expect(server.onHostError == .fail)
    }

    @Test(arguments: [
        ("10", Duration.seconds(10)), ("10S", .seconds(10)), ("0", .zero),
        ("24h", .seconds(86_400)),
        ("1500ms", .milliseconds(1_500)), ("3m", .seconds(180)),
    ])
    func readsTimes(_ text: String, _ expected: Duration) {
        #expect(
            load("[Server]\nDrainTimeout=\(text)\n" + host).settings.server.drainTimeout == expected
        )
    }

    @Test(arguments: ["-1", "1.5", "s", "1 s", "10d", "25h", "9999999999999", "9999999999999999h"])
    func refusesWhatIsNoTime(_ text: String) {
        let message = "DrainTimeout must be a time from 0s to 24h, in seconds or with ms, s, m or h"
        #expect(
            diagnose("[Server]\nDrainTimeout=\(text)\n" + host) == [
                "c:2:14: error: \(message), not \"\(text)\""
            ])
    }

    @Test(arguments: [
        ("Workers=0", 9, "Workers must be a number from 1 to 1024, or auto, not \"0\""),
        ("ListenBacklog=0", 15, "ListenBacklog must be a number from 1 to 65535, not \"0\""),
        (
            "MaxClients=99999999999999999999", 12,
            "MaxClients must be a number from 0 to 10000000, or auto, not \"99999999999999999999\""
        ),
        (
            "HandshakeTimeout=0", 18,
            "HandshakeTimeout must be a time from 100ms to 1h, in seconds or with ms, s, m "
                + "or h, not \"0\""
        ),
        (
            "LogLevel=inof", 10,
            "LogLevel must be one of error, warning, notice, info, debug, not \"inof\"; did "
                + "you mean \"info\"?"
        ),
        ("OnHostError=x", 13, "OnHostError must be one of degrade, fail, not \"x\""),
        ("Hosts=a.test", 1, "Hosts belongs in a host section such as [IcsHost1], not in [Server]"),
        ("Worker=1", 1, "unknown key \"Worker\" in [Server]; did you mean \"Workers\"?"),
    ])
    func namesThePlaceOfAMistake(_ line: String, _ column: Int, _ message: String) {
        #expect(diagnose("[Server]\n\(line)\n" + host) == ["c:2:\(column): error: \(message)"])
    }

    @Test func aServerKeyGivenTwiceIsAMistakeInTwoSectionsToo() {
        #expect(
            diagnose("[Server]\nBanner=a\n[Server]\nbanner=b\n" + host) == [
                "c:4:1: error: banner is given twice", "c:2:1: note: first given here",
            ])
    }

    @Test(arguments: [
        ("Sever", "; did you mean \"Server\"?"), ("IcsHots3", "; did you mean \"IcsHost3\"?"),
        ("Host", "; did you mean \"Host1\"?"), ("Host 1", "; did you mean \"Host1\"?"),
        ("Generell", "; did you mean \"General\"?"), ("Host1a", "; did you mean \"Host 1a\"?"),
    ])
    func refusesAnUnknownSectionAndSkipsItsKeys(_ name: String, _ hint: String) {
        let message = "unknown section \"[\(name)]\": expected [Server], "
        #expect(
            diagnose("[\(name)]\nk=v\n" + host) == [
                "c:1:1: error: \(message)or [IcsHost1] or [Host1] with any number or, after a blank, "
                    + "a name of letters a to z, digits, -, _ and . with one letter at least\(hint)"
            ])
    }

    @Test func hostsKeepTheOrderOfTheFileWhateverTheirNumbers() {
        let text = ["IcsHost300", "HOST2", "icshost1"]
            .map { host.replacing("Host1", with: $0) }.joined()
        #expect(load(text).settings.hosts.map(\.section) == ["IcsHost300", "HOST2", "icshost1"])
    }

    @Test func aHostSectionGivenTwiceIsAMistake() {
        #expect(
            diagnose(host + "[HOST1]\nx=y\n") == [
                "c:6:1: error: [HOST1] is given twice", "c:1:1: note: first given here",
            ])
    }

    @Test(arguments: ["", "; nothing\n", "[Server]\nBanner=x\n"])
    func aFileWithoutHostsIsAMistake(_ text: String) {
        #expect(
            diagnose(text) == [
                "c:1:1: error: no host section: run icshostd init, or add one like the example [IcsHost1] at "
                    + "the end of the installed icshostd.conf"
            ])
    }

    @Test(arguments: ["[Hsot1]\n", "[Host1\n", "[]\n", "[Host1]\nHosts=\0"])
    func aHostSectionThatCannotBeReadIsNotAMissingOne(_ text: String) {
        #expect(diagnose(text).count == 1)
    }

    @Test func aFileWithoutEnabledHostsIsAMistake() {
        #expect(
            diagnose(host + "HostEnabled=no\n") == [
                "c:1:1: error: no host is enabled: remove HostEnabled=False from at least one"
            ])
    }

    @Test func tellsAllMistakesAtOnceAndReadsTheRest() {
        let text = "[Server]\nWorkers=x\nFoo=1\n" + host + "BindSslPort=x\n[Bad]\n"
        #expect(load(text).diagnostics.count(.error) == 4)
        #expect(load(text).settings.hosts.first?.plainPort?.value == .number(7000))
        #expect(!load(host).diagnostics.hasErrors)
    }

    @Test func messagesCutAndCleanWhatTheyQuote() {
        let long = String(repeating: "x", count: 100)
        #expect(
            diagnose("[Server]\nx\u{1B}\(long)=1\n" + host) == [
                "c:2:1: error: unknown key \"x\u{FFFD}\(long.prefix(58))…\" in [Server]"
            ])
    }

    @Test(arguments: [
        "SslPassword=secret", "sslPasword = secret", "SslPassword=a\nSslPassword=secret",
    ])
    func reportsDoNotShowPasswords(_ lines: String) {
        let report = load(host + lines + "\n").report
        #expect(report.contains("c:6"))
        #expect(!report.contains("secret"))
    }

    /// Of so many, a look at all targets for each host would be felt.
    @Test func everyHostOfManyGetsItsTargets() {
        let sections = (0..<5_000).map { number in
            """
            [Host\(number)]
            Hosts=h\(number).test
            HostTag=Tag\(number)
            BindIpAddr=127.0.0.1
            BindNonPort=7000
            Handler=echo
            [Target\(number)]
            HostTag=TAG\(4_999 - number)
            HostEnabled=\(number % 2 == 0)
            TarHost=t\(number).test
            TarPort=1

            """
        }
        let settings = load(sections.joined()).settings
        #expect(settings.hosts.count == 5_000)
        for (number, host) in settings.hosts.enumerated() {
            let expected = number % 2 == 0 ? [] : ["Target\(4_999 - number)"]
            guard host.targets.map(\.section) != expected else { continue }
            Issue.record("\(host.section) has \(host.targets.map(\.section))")
        }
    }

    @Test func blanksBeforeANameAreOne() {
        #expect(
            diagnose("[Host a]\nHosts=a\nBindIpAddr=::\nBindNonPort=1\nHandler=echo\n[Host  A]\n")
                == [
                    "c:6:1: error: [Host  A] is given twice", "c:1:1: note: first given here",
                ])
    }

    @Test(arguments: [
        ("Host 7", "; did you mean \"Host7\"?"),
        ("Host my shop", "; did you mean \"Host my-shop\"?"),
        ("Host ünal", "with one letter at least"),
    ])
    func saysWhatANameMayBe(_ name: String, _ end: String) {
        let told = diagnose("[\(name)]\n" + host)
        #expect(told.first?.contains("a name of letters a to z, digits, -, _ and .") == true)
        #expect(told.first?.contains(end) == true)
    }

    /// What ICS 9.5 has for all hosts of a server.
    @Test func aChallengeOfTheServerNeedsThePortsOfTheHost() {
        let told = diagnose(
            "[WebAppServer]\nSrvCertChallenge=ChallFileSrv\n" + host
                + "BindSslPort=443\nCertSupplierProto=SuppProtoAcmeV2\n")
        #expect(
            told.filter { !$0.contains("has no effect") } == [
                "c:9:19: warning: CertChallenge=ChallFileSrv of the server cannot be answered: it "
                    + "needs BindNonPort=80", "c:2:18: note: CertChallenge is here",
            ])
    }
}
