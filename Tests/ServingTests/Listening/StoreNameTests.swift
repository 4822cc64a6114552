import Configuration
import NetworkTypes
import Planning
import Testing

@testable import Serving

/// The names of listening sockets in the service manager's store.
@Suite struct StoreNameTests {
    private static func unix(_ path: String) throws -> String {
        StoreName.text(of: .fixed(.unix(try #require(UnixAddress(path)))))
    }

    @Test func saysTheAddress() throws {
        let v4 = Endpoint(SocketAddress(IPAddress(v4: 0x7f00_0001), port: 7007))
        #expect(StoreName.text(of: .fixed(v4)) == "tcp4-127.0.0.1-7007")
        #expect(try Self.unix("/run/a.sock") == "unix-/run/a.sock")
        #expect(
            StoreName.text(of: .free(v4, isTLS: true, section: SectionID("Host 1"), ordinal: 2))
                == "tcp4-127.0.0.1-auto-host%201-ssl-2")
    }

    /// What sd_notify(3) allows: printable ASCII without a colon, 255 bytes at most.
    @Test(arguments: ["/run/a:b %.sock", "/run/ä.sock", "@abstract"])
    func hasNoOtherCharacters(_ path: String) throws {
        let name = try Self.unix(path)
        #expect(name.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: ":") })
        #expect(StoreName.isOne(name))
    }

    @Test func aLongOneIsAHash() throws {
        // As long as a path may be (unix(7)), and each byte of it takes three.
        let paths = ["a", "b"].map { "/" + String(repeating: "é", count: 52) + $0 }
        let names = try paths.map(Self.unix)
        for name in names {
            #expect(name.utf8.count <= 255)
            #expect(StoreName.isOne(name))
        }
        #expect(names[0] != names[1])
        #expect(try Self.unix(paths[0]) == names[0])
    }
}
