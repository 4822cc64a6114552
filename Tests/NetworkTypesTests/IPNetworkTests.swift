import NetworkTypes
import Testing

@Suite struct IPNetworkTests {
    @Test(arguments: [
        ("198.51.100.7/24", "198.51.100.0/24"), ("198.51.100.7", "198.51.100.7/32"),
        ("0.0.0.0/0", "0.0.0.0/0"), ("2001:db8:1:2:3::4/64", "2001:db8:1:2::/64"),
        ("2001:db8::1/127", "2001:db8::/127"), ("::1", "::1/128"), ("ffff::/3", "e000::/3"),
    ])
    func readsANetwork(_ text: String, _ printed: String) {
        #expect(IPNetwork(text)?.description == printed)
    }

    @Test(arguments: [
        "", "/", "/24", "1.2.3.4/", "1.2.3.4/33", "::/129", "1.2.3.4/-1", "1.2.3.4/+8", "1.2.3/8",
        "1.2.3.4/8/8", "host/8",
    ])
    func refusesWhatIsNone(_ text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test func knowsItsAddresses() throws {
        let network = try #require(IPNetwork("10.1.0.0/16"))
        #expect(try network.contains(#require(IPAddress("10.1.255.255"))))
        #expect(try !network.contains(#require(IPAddress("10.2.0.0"))))
        #expect(try !network.contains(#require(IPAddress("::10.1.0.1"))))
    }
}
