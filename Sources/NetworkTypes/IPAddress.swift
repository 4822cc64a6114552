internal import Glibc

/// An IPv4 or IPv6 address, with the zone of a link-local one.
///
/// Takes 24 bytes with its port in a ``SocketAddress``, so a client can keep its peer's address
/// after the socket has forgotten it.
public struct IPAddress: Hashable, Sendable {
    /// What kind of address it is.
    public enum Family: UInt8, Hashable, Sendable {
        case v4
        case v6
        /// None: the peer came over a unix socket (``SocketAddress/unixPeer``).
        case unix
    }

    /// The sixteen bytes in network order, read as two big-endian numbers.
    ///
    /// An IPv4 address occupies the low 32 bits of `low`.
    package let high: UInt64
    package let low: UInt64
    /// The interface index of a link-local IPv6 address (RFC 4007), 0 without a zone.
    public let zone: UInt32
    /// Whether this is an IPv4 or an IPv6 address, or none.
    public let family: Family

    package init(v4 address: UInt32) {
        (high, low, zone, family) = (0, UInt64(address), 0, .v4)
    }

    package init(v6 high: UInt64, _ low: UInt64, zone: UInt32 = 0) {
        (self.high, self.low, self.zone, family) = (high, low, zone, .v6)
    }

    init(_ peer: UnixPeer) {
        high = UInt64(UInt32(bitPattern: peer.processID))
        (low, zone, family) = (UInt64(peer.userID), 0, .unix)
    }

    /// Reads a literal such as `192.0.2.1`, `2001:db8::1` or `::`, and nothing else: host names
    /// and short forms such as `127.1` are refused (inet_pton(3)).
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        guard !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        if unsafe inet_pton(AF_INET, text, &v4) == 1 {
            self.init(v4: UInt32(bigEndian: v4.s_addr))
            return
        }
        var words: (UInt64, UInt64) = (0, 0)
        guard unsafe inet_pton(AF_INET6, text, &words) == 1 else { return nil }
        self.init(v6: UInt64(bigEndian: words.0), UInt64(bigEndian: words.1))
    }

    /// The four or sixteen bytes in network order; none without an address.
    package var bytes: [UInt8] {
        func bytes(_ word: UInt64) -> [UInt8] {
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
        }
        return switch family {
        case .v4: Array(bytes(low).suffix(4))
        case .v6: bytes(high) + bytes(low)
        case .unix: []
        }
    }

    /// `0.0.0.0`: every IPv4 address of the machine.
    public static let anyV4 = IPAddress(v4: 0)
    /// `::`: every IPv6 address of the machine.
    public static let anyV6 = IPAddress(v6: 0, 0)

    /// Whether a listener bound to this address accepts clients on all addresses of its family.
    public var isWildcard: Bool { family != .unix && high == 0 && low == 0 }

    /// Whether the address is this machine's, whichever machine it is (RFC 6890).
    package var isLoopback: Bool {
        family == .v4 ? low >> 24 == 127 : family == .v6 && high == 0 && low == 1
    }

    /// The IPv4 address inside an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2), or else the address itself.
    package var unmapped: IPAddress { mappedV4 ?? self }

    /// The IPv4 address inside an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2), or nil.
    package var mappedV4: IPAddress? {
        guard family == .v6, high == 0, low >> 32 == 0xFFFF else { return nil }
        return IPAddress(v4: UInt32(truncatingIfNeeded: low))
    }

    /// Whether the address means something only together with an interface (RFC 4291, 2.5.6).
    package var isLinkLocal: Bool { family == .v6 && high >> 54 == 0xFE80 >> 6 }
}

extension IPAddress: CustomStringConvertible {
    /// The form of RFC 5952 for IPv6, dotted decimal for IPv4, `unix` for neither.
    public var description: String {
        guard family != .unix else { return "unix" }
        guard family == .v6 else {
            return (0..<4).map { String(UInt8(truncatingIfNeeded: low >> (24 - 8 * $0))) }
                .joined(separator: ".")
        }
        var words = (high.bigEndian, low.bigEndian)
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = unsafe inet_ntop(AF_INET6, &words, &buffer, socklen_t(buffer.count))
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let text = String(decoding: bytes, as: UTF8.self)
        return zone == 0 ? text : "\(text)%\(zone)"
    }
}
