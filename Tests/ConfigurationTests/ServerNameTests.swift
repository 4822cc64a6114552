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

    @Test(arguments: [
        "", ".", "a..b", ".a", "-a.test", "a-.test", "a b", "a*.test", "*.*.test", "a.*.test", "*.",
        "bücher.test", "\u{212A}elvin.test", "1.2.3.456", "http://a.test", "a:80",
        String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "a",
    ])
    func refusesWhatIsNoName(_ text: String) {
        #expect(ServerName.normalized(text) == nil)
    }
}
