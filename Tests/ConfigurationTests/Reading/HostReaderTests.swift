import Configuration
import NetworkTypes
import Testing

@Suite struct HostReaderTests {
    private func read(_ text: String) throws -> HostSettings {
        let loaded = load(text)
        #expect(loaded.told == [])
        return try #require(loaded.settings.hosts.first)
    }

    @Test func storesEveryKey() throws {
        let read = try read(
            """
            [IcsHost7]
            hosts = A.test , *.B.test,192.0.2.7,
            HOSTENABLED=true
            HostTag=tag
            Descr=a b
            BindIpAddr=192.0.2.1
            BindIpAddr2=2001:DB8::1
            BindNonPort=80
            BindSslPort=443
            SslCert=/c.pem
            SslKey=/k.pem
            SslInter=/i.pem
            SslPassword=secret
            SslSecLevel=SSLSRVSECHIGH128
            Handler=ECHO
            """)
        #expect(read.section == "IcsHost7")
        #expect(read.location == Place(file: "c", line: 1, column: 1))
        #expect(read.names.map(\.value) == ["a.test", "*.b.test", "192.0.2.7"])
        #expect(read.names.map(\.location.column) == [9, 18, 27])
        #expect(read.isEnabled)
        #expect(read.tag == "tag")
        #expect(read.description == "a b")
        #expect(read.addresses.map(\.value.description) == ["192.0.2.1", "2001:db8::1"])
        #expect(read.plainPort?.value == .number(80))
        #expect(read.tlsPort?.value == .number(443))
        #expect(read.certificate.files.map(\.value) == ["/c.pem"])
        #expect(read.certificate.keys.map(\.value) == ["/k.pem"])
        #expect(read.certificate.intermediates?.value == "/i.pem")
        #expect(read.certificate.password?.value == .text("secret"))
        #expect(read.securityLevel == .high128)
        #expect(read.handler?.value == "echo")
        #expect(read.handler?.location == Place(file: "c", line: 15, column: 9))
    }

    @Test func aSilentHostHasDefaults() throws {
        let read = try read(host)
        #expect(read.isEnabled)
        #expect(read.tag == "Host1")
        #expect(read.tlsPort == nil)
        #expect(read.securityLevel == .high)
    }

    @Test(arguments: [
        "HostEnabled", "HostTag", "Descr", "BindIpAddr2", "BindSslPort", "SslCert", "SslKey",
        "SslInter", "SslPassword", "SslSecLevel",
    ])
    func aBlankValueIsTheDefault(_ key: String) throws {
        let (blank, plain) = (try read(host + "\(key)=\n"), try read(host))
        #expect("\(blank)" == "\(plain)")
    }

    @Test(arguments: [
        ("True", true), ("false", false), ("YES", true), ("no", false), ("On", true),
        ("off", false), ("1", true), ("0", false),
    ])
    func readsBooleans(_ text: String, _ expected: Bool) {
        #expect(load(host + "HostEnabled=\(text)\n").settings.hosts.first?.isEnabled == expected)
    }

    @Test(arguments: [
        ("sslSrvSecNone", SecurityLevel.none), ("sslSrvSecSsl3", .ssl3),
        ("sslSrvSecBack", .backward), ("sslSrvSecInter", .intermediate),
        ("sslSrvSecInterFS", .intermediateFS), ("sslSrvSecHigh", .high),
        ("sslSrvSecHigh128", .high128), ("sslSrvSecHigh192", .high192),
        ("sslSrvSecTls12Less", .tls12OrLess), ("sslSrvSecTls13Only", .tls13Only),
        ("sslSrvSecDefault", .high), ("0", .none), ("9", .tls13Only),
    ])
    func readsSecurityLevels(_ text: String, _ expected: SecurityLevel) throws {
        #expect(try read(host + "BindSslPort=1\nSslSecLevel=\(text)\n").securityLevel == expected)
    }

    @Test(arguments: [
        ("auto", PortChoice?.some(.automatic)), ("AUTO", .automatic), ("0", nil), ("", nil),
        ("65535", .number(65_535)), ("1", .number(1)),
    ])
    func readsPorts(_ text: String, _ expected: PortChoice?) throws {
        #expect(try read(host + "BindSslPort=\(text)\n").tlsPort?.value == expected)
    }

    @Test(arguments: [
        (
            "HostEnabled=Ja",
            "13: error: HostEnabled must be one of True, False, Yes, No, On, Off, 1, 0, not \"Ja\""
        ),
        (
            "HostEnabled=Fasle",
            "13: error: HostEnabled must be one of True, False, Yes, No, On, Off, 1, 0, not "
                + "\"Fasle\"; did you mean \"False\"?"
        ),
        (
            "HostEnabled=yes",
            "13: warning: HostEnabled=yes is True here, but ICS reads it as False: write True"
        ),
        (
            "AuthSslCmd=On",
            "12: warning: AuthSslCmd=On is True here, but ICS reads it as False: write True"
        ),
        (
            "WebRedirectStat=303",
            "17: error: WebRedirectStat must be one of 0, 301, 302, 307, 308, not \"303\"; did "
                + "you mean \"301\"?"
        ),
        (
            "WebRedirectURL=/x",
            "16: error: WebRedirectURL must be an address such as https://www.example.org/, not "
                + "\"/x\""
        ),
        (
            "BindSslPort=65536",
            "13: error: BindSslPort must be a port from 1 to 65535, 0 for none, or auto, not "
                + "\"65536\""
        ),
        (
            "BindSslPort=-1",
            "13: error: BindSslPort must be a port from 1 to 65535, 0 for none, or auto, not \"-1\""
        ),
        (
            "BindSslPort=+1",
            "13: error: BindSslPort must be a port from 1 to 65535, 0 for none, or auto, not \"+1\""
        ),
        (
            "BindSslPort=http",
            "13: error: BindSslPort must be a port from 1 to 65535, 0 for none, or auto, not "
                + "\"http\""
        ),
        (
            "BindIpAddr2=a.test",
            "13: error: BindIpAddr2 must be an IPv4 or IPv6 address, such as 192.0.2.1 or "
                + "::, not \"a.test\""
        ),
        (
            "BindIpAddr2=::ffff:1.2.3.4",
            "13: error: BindIpAddr2 must not be an IPv4-mapped address, which no IPv6 "
                + "listener here accepts: write 1.2.3.4 instead of \"::ffff:1.2.3.4\""
        ),
        (
            "BindIpAddr2=127.0.0.1",
            "13: warning: 127.0.0.1 is given twice, and opened once\nc:3:12: note: "
                + "first given here"
        ),
        ("SslCert=x", "9: warning: SslCert has no effect: BindSslPort is not set"),
        ("sslpassword=x", "13: warning: SslPassword has no effect: BindSslPort is not set"),
        ("Descr=x\ndescr=y", "1: error: descr is given twice\nc:6:1: note: first given here"),
        ("Banner=x", "1: error: Banner belongs in [Server], not in [Host1]"),
        ("Colour=x", "1: error: unknown key \"Colour\" in [Host1]"),
        (
            "NostEnabled=x",
            "1: error: unknown key \"NostEnabled\" in [Host1]; did you mean \"HostEnabled\"?"
        ),
        ("Pause=1", "1: error: Pause is a key of the handler chargen, not of \"echo\""),
    ])
    func namesThePlaceOfAMistake(_ line: String, _ expected: String) {
        let last = 5 + line.split(separator: "\n").count
        #expect(diagnose(hostLine: line) == "c:\(last):\(expected)")
    }

    @Test(arguments: [
        (
            "10",
            "SslSecLevel must be one of sslSrvSecNone, sslSrvSecSsl3, sslSrvSecBack, "
                + "sslSrvSecInter, sslSrvSecInterFS, sslSrvSecHigh, sslSrvSecHigh128, "
                + "sslSrvSecHigh192, sslSrvSecTls12Less, sslSrvSecTls13Only, sslSrvSecDefault, "
                + "modern, intermediate, old, or a number from 0 to 9, not \"10\""
        )
    ])
    func refusesASecurityLevelOutOfRange(_ text: String, _ expected: String) {
        #expect(diagnose(hostLine: "SslSecLevel=\(text)") == "c:6:13: error: \(expected)")
    }

    @Test(arguments: [
        ("a b", 7, "not \"a b\"; separate names by commas"),
        (
            "a.test, u\u{308}.test", 15,
            "not \"u\u{308}.test\"; of an international name each letter must be one character, "
                + "or write its xn-- form"
        ),
        (
            "x*.test", 7,
            "not \"x*.test\"; a wildcard stands for the whole first label, as in *.example.org"
        ),
        ("a.test,,1.2.3.400", 15, "not \"1.2.3.400\""),
    ])
    func namesThePlaceOfABadServerName(_ hosts: String, _ column: Int, _ expected: String) {
        let text = host.replacing("Hosts=a.test", with: "Hosts=\(hosts)")
        let message = "Hosts must be a list of DNS names, IP addresses or *, \(expected)"
        #expect(diagnose(text) == ["c:2:\(column): error: \(message)"])
    }

    @Test func countsTheColumnsOfAListInCharacters() {
        let text = host.replacing("Hosts=a.test", with: "Hosts=üü, ññ , -")
        #expect(
            load(text).diagnostics.sorted().map(\.location.column).filter { $0 > 1 } == [7, 11, 16])
    }

    @Test func warnsOfANameGivenTwice() {
        let text = host.replacing("Hosts=a.test", with: "Hosts=a.test,A.test.")
        #expect(
            diagnose(text) == [
                "c:2:14: warning: Hosts names \"a.test\" twice", "c:2:7: note: first named here",
            ])
        #expect(load(text).settings.hosts.first?.names.count == 1)
    }

    @Test func refusesAListWithoutNames() {
        let text = host.replacing("Hosts=a.test", with: "Hosts=,")
        #expect(diagnose(text) == ["c:2:7: error: Hosts must name at least one server name or *"])
    }

    @Test(arguments: [
        ("Hosts", "list the server names, or * for any"),
        ("BindIpAddr", "write 0.0.0.0 for every IPv4 address, :: for every IPv6 address"),
        ("Handler", "name one of echo, chargen"),
    ])
    func tellsAKeyThatIsMissingOrBlank(_ key: String, _ advice: String) throws {
        let lines = host.split(separator: "\n")
        let index = try #require(lines.firstIndex { $0.hasPrefix("\(key)=") })
        var missing = lines
        missing.remove(at: index)
        #expect(
            diagnose(missing.joined(separator: "\n")) == [
                "c:1:1: error: \(key) is missing: \(advice)"
            ])
        var blank = lines
        blank[index] = "\(key)="
        #expect(
            diagnose(blank.joined(separator: "\n")) == [
                "c:\(index + 1):\(key.count + 2): error: \(key) is blank: \(advice)"
            ])
    }

    @Test func aHostWithoutPortsGetsAFreePlainPort() throws {
        let loaded = load(host.replacing("BindNonPort=7000\n", with: "BindSslPort=0\n"))
        #expect(
            loaded.told == [
                "c:1:1: warning: no port is set, so a free plain port is used: set BindNonPort or "
                    + "BindSslPort"
            ])
        let read = try #require(loaded.settings.hosts.first)
        #expect(read.plainPort?.value == .automatic)
        #expect(read.plainPort?.location == read.location)
        #expect(read.tlsPort == nil)
    }

    @Test func aBadPortIsNotAMissingPort() {
        #expect(diagnose(host.replacing("7000", with: "x")).count == 1)
    }
}
