import NetworkTypes
import Testing

@Suite struct HostPortTests {
    @Test(arguments: [
        ("example.org:80", "example.org", 80), ("192.0.2.1:65535", "192.0.2.1", 65_535),
        ("[2001:db8::1]:1", "2001:db8::1", 1), ("_a-b:7", "_a-b", 7),
    ])
    func readsANameOrAddressWithAPort(_ text: String, _ host: String, _ port: UInt16) throws {
        let value = try #require(HostPort(text))
        #expect(value == HostPort(host: host, port: port))
        #expect("\(value)" == text)
    }

    @Test(arguments: [
        "", ":", "a", "a:", ":80", "a:0", "a:65536", "a:+1", "a:-1", "a:8x", "::1:80", "[::1]",
        "[192.0.2.1]:80", "[a]:80", "[::1]x:80", "a b:80", "a/b:80", "ü:80", "a@b:80",
    ])
    func refusesWhatIsNone(_ text: String) {
        #expect(HostPort(text) == nil)
    }
}
