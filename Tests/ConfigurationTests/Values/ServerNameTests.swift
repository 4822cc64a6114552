import Configuration
import Testing

@Suite struct ServerNameTests {
    @Test(arguments: [
        ("Example.ORG", "example.org"), ("a.test.", "a.test"), ("localhost", "localhost"),
        ("*", "*"), ("*.Example.org", "*.example.org"), ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0::1", "2001:db8::1"), ("my_host.test", "my_host.test"),
        ("xn--bcher-kva.test", "xn--bcher-kva.test"), ("1and1.test", "1and1.test"),
    ])
    func bringsNamesIntoOneForm(_ text: String, _ expected: String) {
        #expect(ServerName.normalized(text) == expected)
    }

    /// Against the names that registries give (and RFC 3492, 7.1, for the longer ones).
    @Test(arguments: [
        ("bücher.test", "xn--bcher-kva.test"), ("BÜCHER.Test.", "xn--bcher-kva.test"),
        ("münchen", "xn--mnchen-3ya"), ("faß.de", "xn--fa-hia.de"),
        ("*.bücher.test", "*.xn--bcher-kva.test"), ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ("пример.ИСПЫТАНИЕ", "xn--e1afmkfd.xn--80akhbyknj4f"),
        ("παράδειγμα.δοκιμή", "xn--hxajbheg2az3al.xn--jxalpdlp"),
        ("उदाहरण.परीक्षा", "xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g"),
        ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"), ("דוגמה", "xn--6dbbec0c"),
        ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
        ("bücher。example", "xn--bcher-kva.example"), ("\u{212A}elvin.test", "kelvin.test"),
        ("zażółć-gęślą", "xn--za-gl-1ta3km8n5pjjzn"),
    ])
    func writesInternationalNamesAsClientsDo(_ text: String, _ expected: String) {
        #expect(ServerName.normalized(text) == expected)
    }

    @Test(arguments: [
        // An accent of its own, a compatibility form, signs, a mark without a letter, joiners.
        "bu\u{308}cher.test", "ａ.test", "💩.test", "ﬁ.test", "\u{93F}a.test", "a\u{200D}b.test",
        "a·b.test", "½.test", "-ü.test", "ü-.test", "ü..test", "ü b.test",
        String(repeating: "ü", count: 64) + ".test", String(repeating: "ü.", count: 600),
    ])
    func refusesWhatIsNoInternationalName(_ text: String) {
        #expect(ServerName.normalized(text) == nil)
    }

    @Test(arguments: [
        "", ".", "a..b", ".a", "-a.test", "a-.test", "a b", "a*.test", "*.*.test", "a.*.test", "*.",
        "1.2.3.456", "http://a.test", "a:80",
        String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "a",
    ])
    func refusesWhatIsNoName(_ text: String) {
        #expect(ServerName.normalized(text) == nil)
    }
}
