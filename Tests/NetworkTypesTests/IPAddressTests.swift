import NetworkTypes
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        "192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1:2",
    ])
    func printsWhatItRead(_ text: String) throws {
        #expect(try #require(IPAddress(text)).description == text)
    }

    @Test(arguments: [
        "", "localhost", "127.1", "1.2.3.4.5", "256.0.0.1", ":::", "[::1]", "1.2.3.4\0x",
    ])
    func refusesWhatIsNoLiteral(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func keepsFamiliesApart() throws {
        #expect(try #require(IPAddress("0.0.0.1")) != (try #require(IPAddress("::1"))))
    }

    @Test func socketAddressBracketsOnlyIPv6() throws {
        #expect(SocketAddress(.anyV4, port: 80).description == "0.0.0.0:80")
        #expect(SocketAddress(.anyV6, port: 443).description == "[::]:443")
    }

    @Test func staysSmallEnoughForEachClient() {
        #expect(MemoryLayout<SocketAddress>.stride <= 24)
    }
}
