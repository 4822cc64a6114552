/// The addresses that begin with the same bits (RFC 4632, RFC 4291).
package struct IPNetwork: Hashable, Sendable {
    /// Its first address.
    package let address: IPAddress
    /// How many bits its addresses have in common.
    package let length: Int

    /// The network of an address.
    ///
    /// - Parameters:
    ///   - address: any address of it; the peer of a unix socket makes a network of its own.
    ///   - length: how many bits count, capped at the length of the family.
    package init(of address: IPAddress, length: Int) {
        switch address.family {
        case .unix:
            (self.address, self.length) = (address, 0)
        case .v4:
            self.length = min(max(length, 0), 32)
            let mask = ~UInt32(0) << UInt32(32 - self.length)
            self.address = IPAddress(v4: UInt32(truncatingIfNeeded: address.low) & mask)
        case .v6:
            self.length = min(max(length, 0), 128)
            let low = ~UInt64(0) << UInt64(128 - max(self.length, 64))
            let high = ~UInt64(0) << UInt64(64 - min(self.length, 64))
            self.address = IPAddress(
                v6: address.high & high, self.length > 64 ? address.low & low : 0)
        }
    }

    /// Reads `198.51.100.0/24`, `2001:db8::/32`, or an address, which is a network of one; nil for
    /// anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
        let limit = address.family == .v4 ? 32 : 128
        guard parts.count == 2 else {
            self.init(of: address, length: limit)
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]),
            length <= limit
        else { return nil }
        self.init(of: address, length: length)
    }

    /// Whether an address belongs to it.
    package func contains(_ other: IPAddress) -> Bool {
        other.family == address.family && IPNetwork(of: other, length: length) == self
    }
}

extension IPNetwork: CustomStringConvertible {
    /// `198.51.100.0/24`.
    package var description: String {
        address.family == .unix ? "unix sockets" : "\(address)/\(length)"
    }
}
