import NetworkTypes
import TestSupport
import Testing

@testable import Limiting

@Suite struct AddressListTests {
    /// A list of entries, whose lines are their positions.
    static func list(_ entries: [String]) throws -> AddressList {
        AddressList(
            try entries.map { entry in
                let bytes = Array(entry.utf8)
                return try AddressSyntax.network(bytes.span)
            })
    }

    /// The position of the entry that decides about an address, 0 for none.
    private func line(_ address: String, in entries: String...) throws -> Int {
        let address = try #require(IPAddress(address))
        return try Self.list(entries).match(address)?.line ?? 0
    }

    @Test(arguments: [
        ("9.255.255.255", 0), ("10.0.0.0", 1), ("10.1.0.0", 2), ("10.1.2.3", 3), ("10.1.2.4", 2),
        ("10.1.255.255", 2), ("10.2.0.0", 1), ("10.255.255.255", 1), ("11.0.0.0", 0),
    ])
    func theLongestNetworkDecides(_ address: String, _ expected: Int) throws {
        #expect(try line(address, in: "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3") == expected)
    }

    @Test(arguments: [
        ("2001:db8::", 1), ("2001:db8:1::1", 2), ("2001:db8:2::", 1), ("2001:db9::", 0),
        ("2001:db8:1:ffff:ffff:ffff:ffff:ffff", 2),
    ])
    func theLongestNetworkOfIPv6Decides(_ address: String, _ expected: Int) throws {
        #expect(try line(address, in: "2001:db8::/32", "2001:db8:1::/48") == expected)
    }

    @Test func nestedNetworksMayEndTogether() throws {
        let entries = ["0.0.0.0/0", "128.0.0.0/1", "255.255.255.255"]
        let list = try Self.list(entries)
        #expect(list.match(IPAddress(v4: 0))?.line == 1)
        #expect(list.match(IPAddress(v4: .max - 1))?.line == 2)
        #expect(list.match(IPAddress(v4: .max))?.line == 3)
        let long = try Self.list(["::/0", "ffff::/16", "ffff::/128"])
        #expect(long.match(IPAddress(v6: .max, .max))?.line == 2)
        #expect(long.match(IPAddress(v6: 0xFFFF << 48, 0))?.line == 3)
        #expect(long.match(IPAddress(v6: 0, 1))?.length == 0)
    }

    @Test func neighboursAreNotMixedUp() throws {
        #expect(try line("10.0.0.127", in: "10.0.0.128/25", "10.0.0.0/25") == 2)
        #expect(try line("10.0.0.128", in: "10.0.0.128/25", "10.0.0.0/25") == 1)
        #expect(try line("10.0.1.0", in: "10.0.0.128/25", "10.0.0.0/25") == 0)
    }

    @Test(arguments: ["10.1.2.3", "::ffff:10.1.2.3"])
    func mappedAddressesCountAsIPv4(_ address: String) throws {
        #expect(try line(address, in: "10.0.0.0/8") == 1)
        #expect(try line(address, in: "::ffff:10.0.0.0/104") == 1)
        #expect(try line(address, in: "::ffff:10.1.2.3") == 1)
        #expect(try line(address, in: "::ffff:0:0/96") == 1)
        // A network of IPv6 that also has mapped addresses.
        #expect(try line(address, in: "::/0") == 0)
    }

    @Test func aZoneHasNoMeaning() throws {
        let list = try Self.list(["fe80::/10"])
        #expect(list.match(IPAddress(v6: 0xFE80 << 48, 1, zone: 7))?.length == 10)
    }

    @Test func peersOfUnixSocketsHaveNoAddress() throws {
        let list = try Self.list(["0.0.0.0/0", "::/0"])
        let peer = SocketAddress(UnixPeer(processID: 1, userID: 0))
        #expect(list.match(peer.ip) == nil)
    }

    /// Long enough for the index by the upper 16 bits.
    @Test(arguments: [4, 3_000, 20_000])
    func agreesWithASearchOfAllNetworks(_ count: Int) {
        var random = SplitMix(seed: UInt64(count))
        let networks = (0..<count).map { _ in
            IPNetwork(
                of: IPAddress(v4: .random(in: 0...(.max), using: &random)),
                length: .random(in: 0...32, using: &random))
        }
        let list = AddressList(networks)
        var addresses = networks.prefix(100).map(\.address)
        addresses += (0..<100).map { _ in IPAddress(v4: .random(in: 0...(.max), using: &random)) }
        for address in addresses {
            let longest = networks.filter { $0.contains(address) }.map(\.length).max()
            #expect(list.match(address)?.length == longest, "\(address)")
        }
    }

    /// Long ones that begin alike, and some that do not.
    @Test func agreesWithASearchOfAllNetworksOfIPv6() {
        var random = SplitMix(seed: 60)
        func address() -> IPAddress {
            let spread = random.next() % 4
            let high = 0x2001 << 48 | random.next() >> (spread == 0 ? 16 : 26) & ~0xF
            return IPAddress(v6: spread == 1 ? random.next() : high, random.next())
        }
        let networks = (0..<8_000).map { _ in
            IPNetwork(of: address(), length: .random(in: 8...128, using: &random))
        }
        let list = AddressList(networks)
        for _ in 0..<100 {
            let near = networks[Int.random(in: 0..<networks.count, using: &random)].address
            for address in [near, address()] {
                let longest = networks.filter { $0.contains(address) }.map(\.length).max()
                #expect(list.match(address)?.length == longest, "\(address)")
            }
        }
    }

    @Test func everyEdgeOfANetworkIsExact() {
        var random = SplitMix(seed: 6)
        for length in 0...128 {
            let network = IPNetwork(
                of: IPAddress(v6: random.next(), random.next()), length: length)
            let list = AddressList([network])
            let first = UInt128(network.address.high) << 64 | UInt128(network.address.low)
            let last = length == 128 ? first : first | UInt128.max >> UInt128(length)
            func isInside(_ value: UInt128) -> Bool {
                let address = IPAddress(
                    v6: UInt64(value >> 64), UInt64(truncatingIfNeeded: value))
                return list.match(address)?.length == length
            }
            #expect(isInside(first) && isInside(last))
            #expect(first == 0 || !isInside(first - 1))
            #expect(last == .max || !isInside(last + 1))
        }
    }
}
