import NetworkTypes
import Testing

@testable import EventLoops

@Suite struct ListeningSocketTests {
    @Test(arguments: ["127.0.0.1", "::1"]) func saysWhichFreePortItGot(_ text: String) throws {
        let ip = try #require(IPAddress(text))
        let socket = try ListeningSocket(on: SocketAddress(ip, port: 0), backlog: 16)
        #expect(socket.address.ip == ip)
        #expect(socket.address.port != 0)
    }

    @Test func bothFamiliesLiveSideBySideOnOnePort() throws {
        let first = try ListeningSocket(on: SocketAddress(.anyV6, port: 0), backlog: 16)
        let address = SocketAddress(.anyV4, port: first.address.port)
        let second = try ListeningSocket(on: address, backlog: 16)
        #expect(second.address == address)
    }

    @Test func sortsTheErrorsAnOperatorCanMend() throws {
        let taken = try ListeningSocket(
            on: SocketAddress(IPAddress(v4: 0x7f00_0001), port: 0), backlog: 16)
        #expect(kind(of: taken.address) == .portTaken)
        // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
        let foreign = SocketAddress(IPAddress(v4: 0xc000_0201), port: 0)
        #expect(kind(of: foreign) == .addressNotHere)
    }

    @Test func isEmptyWhenNobodyWaits() throws {
        let socket = try ListeningSocket(
            on: SocketAddress(IPAddress(v4: 0x7f00_0001), port: 0), backlog: 16)
        guard case .empty = socket.accept() else {
            Issue.record("a client was accepted that never came")
            return
        }
    }

    private func kind(of address: SocketAddress) -> SystemError.Kind? {
        do throws(SystemError) {
            _ = try ListeningSocket(on: address, backlog: 16)
            return nil
        } catch {
            return error.kind
        }
    }
}
