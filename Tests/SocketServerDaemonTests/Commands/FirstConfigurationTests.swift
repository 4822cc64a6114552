import NetworkTypes
import Testing

@testable import SocketServerDaemon

/// What `icshostd init` writes, and what it refuses to.
@Suite struct FirstConfigurationTests {
    @Test func aHostWithAllThatItCanHave() {
        let first = FirstConfiguration(
            names: ["a.test", "b.test"], addresses: "127.0.0.1", plainPort: "80", tlsPort: "443",
            handler: "web", settings: [.init(key: "WebDocDir", value: "/srv/a b")],
            certificate: "/etc/a.pem", key: "/etc/a.key")
        #expect(
            Self.entries(first) == """
                [IcsHost1]
                Hosts=a.test,b.test
                BindIpAddr=127.0.0.1
                BindNonPort=80
                BindSslPort=443
                SslCert=/etc/a.pem
                SslKey=/etc/a.key
                Handler=web
                WebDocDir=/srv/a b
                """)
        #expect(first.text.hasSuffix("\n"))
    }

    @Test func whatIsNotAskedForIsNotThere() {
        let first = FirstConfiguration(
            names: ["a.test"], addresses: "127.0.0.1", tlsPort: "7443", handler: "echo")
        #expect(
            Self.entries(first) == """
                [IcsHost1]
                Hosts=a.test
                BindIpAddr=127.0.0.1
                BindSslPort=7443
                Handler=echo
                """)
        #expect(first.text.contains("\n;SslCert=\n;SslKey=\n"))
    }

    @Test func aProxyHasItsTarget() throws {
        let target = try #require(HostPort("[2001:db8::1]:8080"))
        let first = FirstConfiguration(
            names: ["a.test"], addresses: "::", plainPort: "80", handler: "proxy", target: target)
        #expect(Self.entries(first).contains("Hosts=a.test\nHostTag=FIRST\n"))
        #expect(
            Self.entries(first).hasSuffix(
                "\n\n[Target1]\nHostTag=FIRST\nTarHost=2001:db8::1\nTarPort=8080"))
    }

    @Test(arguments: [
        "", " a", "a ", "a\nHandler=exec", "a\r\nb", "a\0b", "a\tb", "a;b", "\"a\"", "'a'", "`a`",
        "${HOME}",
        "a\u{2028}b", "a\u{FFFD}", "a;\u{301}b",
    ])
    func aValueThatTheFileWouldReadOtherwiseIsRefused(_ value: String) {
        #expect(FirstConfiguration.fault(inValue: value) != nil)
        #expect(FirstConfiguration.fault(inNames: value) != nil)
        #expect(FirstConfiguration.fault(inPath: value) != nil)
        #expect(FirstConfiguration.fault(inTarget: value) != nil)
    }

    @Test(arguments: ["/srv/a b", "/bin/cat -u", "https://a.test%path%?x=1&y=$z", "größe"])
    func otherValuesAreTaken(_ value: String) {
        #expect(FirstConfiguration.fault(inValue: value) == nil)
    }

    @Test(arguments: [
        ("a.test", true), ("a.test, *.b.test,192.0.2.1", true), ("*", true), ("a b", false),
        (",", false),
        ("a.test,-", false), ("https://a.test", false),
    ])
    func namesAreNames(_ text: String, _ isGood: Bool) {
        #expect((FirstConfiguration.fault(inNames: text) == nil) == isGood)
    }

    @Test(arguments: [
        ("0", true), ("auto", true), ("65535", true), ("65536", false), ("+80", false),
        ("-1", false), ("-0", false),
        ("", false), ("http", false),
    ])
    func portsArePorts(_ text: String, _ isGood: Bool) {
        #expect((FirstConfiguration.fault(inPort: text) == nil) == isGood)
    }

    @Test func pathsBeginAtTheRoot() {
        #expect(FirstConfiguration.absolute("/a") == "/a")
        #expect(FirstConfiguration.absolute("a/b").hasPrefix("/"))
        #expect(FirstConfiguration.absolute("a/b").hasSuffix("/a/b"))
        #expect(
            FirstConfiguration.fault(inPath: "/nowhere/at/all")
                == "must be an existing path, not \"/nowhere/at/all\""
        )
    }

    /// The lines without comments.
    private static func entries(_ first: FirstConfiguration) -> String {
        let lines = first.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.filter { !$0.hasPrefix(";") }.joined(separator: "\n")
    }
}
