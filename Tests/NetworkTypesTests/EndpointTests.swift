import NetworkTypes
import Testing

@Suite struct EndpointTests {
    private let linkLocal = IPAddress(v6: 0xFE80 << 48, 1)

    @Test func isPrintedAsWritten() throws {
        let zoned = Endpoint.tcp(SocketAddress(linkLocal, port: 80), zone: "eth0")
        #expect(zoned.description == "[fe80::1%eth0]:80")
        #expect(zoned.host == "fe80::1%eth0")
        #expect(zoned.withPort(81).description == "[fe80::1%eth0]:81")
        #expect(Endpoint(SocketAddress(.anyV4, port: 80)).description == "0.0.0.0:80")
        let path = Endpoint.unix(try #require(UnixAddress("/run/a.sock")))
        #expect((path.description, path.host) == ("unix:/run/a.sock", "unix:/run/a.sock"))
        #expect(path.port == nil && path.withPort(1) == path)
    }

    @Test(arguments: ["", "a", "@", "a/b", "/\0", "/" + String(repeating: "x", count: 107)])
    func refusesWhatIsNoUnixAddress(_ name: String) {
        #expect(UnixAddress(name) == nil)
    }

    @Test func takesAPathOfTheLongestKind() {
        #expect(UnixAddress("/" + String(repeating: "x", count: 106)) != nil)
        #expect(UnixAddress("@x")?.isAbstract == true)
        #expect(UnixAddress("/x")?.isAbstract == false)
    }

    @Test func aPeerOfAUnixSocketTakesNoMoreRoom() {
        #expect(MemoryLayout<SocketAddress>.stride == 24)
        let peer = SocketAddress(UnixPeer(processID: -1, userID: .max))
        #expect(peer.unixPeer == UnixPeer(processID: -1, userID: .max))
        #expect(!peer.ip.isWildcard)
        #expect(!SocketAddress(UnixPeer(processID: 0, userID: 0)).ip.isWildcard)
        #expect(SocketAddress(.anyV6, port: 0).unixPeer == nil)
    }

    @Test func knowsLinkLocalAddresses() {
        #expect(linkLocal.isLinkLocal && IPAddress(v6: 0xFEBF << 48, 0).isLinkLocal)
        #expect(!IPAddress(v6: 0xFEC0 << 48, 0).isLinkLocal && !IPAddress.anyV6.isLinkLocal)
    }
}
