import NetworkTypes
import Platform
import TestSupport
import Testing

@testable import SocketServerDaemon

@Suite struct PortHolderTests {
    @Test(arguments: [
        ("0100007F:1BBD", "127.0.0.1:7101"), ("00000000:0050", "0.0.0.0:80"),
        ("00000000000000000000000001000000:0050", "[::1]:80"),
        ("B80D0120000000000000000001000000:0019", "[2001:db8::1]:25"),
    ])
    func readsTheAddressesOfTheKernel(_ text: String, _ address: String) {
        #expect(SocketAddress(kernel: text[...])?.description == address)
    }

    @Test(arguments: [
        "", "0100007F", "0100007F:1BBDF", "X:1", "0100007F0100007F:1", "0100007F:1:2",
    ])
    func othersAreNoAddresses(_ text: String) {
        #expect(SocketAddress(kernel: text[...]) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1:80", "127.0.0.1:80", true), ("127.0.0.1:80", "127.0.0.1:81", false),
        ("127.0.0.1:80", "127.0.0.2:80", false), ("0.0.0.0:80", "127.0.0.1:80", true),
        ("127.0.0.1:80", "0.0.0.0:80", true), ("[::]:80", "127.0.0.1:80", true),
        ("[::1]:80", "127.0.0.1:80", false), ("0.0.0.0:80", "[::1]:80", false),
    ])
    func wildcardsConflictWithAddresses(_ listener: String, _ other: String, _ conflicts: Bool)
        throws
    {
        func address(_ text: String) throws -> SocketAddress {
            try #require(Endpoint(parsing: text)?.socketAddress)
        }
        #expect(try address(listener).conflicts(with: address(other)) == conflicts)
    }

    @Test func findsListenersOnUnixSockets() throws {
        let directory = try TemporaryDirectory()
        let address = try #require(UnixAddress(directory("s")))
        #expect(!PortHolders.isListening(at: address))
        let socket = try ListeningSocket(on: .unix(address), backlog: 1)
        #expect(PortHolders.isListening(at: address))
        socket.removeFile()
    }

    /// This process itself is no holder: the check runs in it.
    @Test func findsNoHolderOfItsOwnPorts() throws {
        let port = try ReservedPort()
        let listener = try ForeignListener(port)
        let endpoint = try #require(Endpoint(parsing: "127.0.0.1:\(port.number)"))
        #expect(PortHolders(configuration: "/nowhere").holders(of: endpoint).isEmpty)
        withExtendedLifetime(listener) {}
    }
}
