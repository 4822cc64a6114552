internal import NetworkTypes

extension ProxyHeader {
    /// What byte 14 says of the addresses.
    private enum Family: UInt8 {
        case unspecified = 0x00
        case tcp4 = 0x11
        case tcp6 = 0x21
        case unixStream = 0x31

        /// How many bytes both addresses take.
        var length: Int {
            switch self {
            case .unspecified: 0
            case .tcp4: 12
            case .tcp6: 36
            case .unixStream: 216
            }
        }
    }

    /// Reads a header of version 2.
    ///
    /// - Parameter bytes: all of it, as ``prefix(of:)`` has measured it.
    /// - Throws: what is wrong with it.
    package init(binary bytes: Span<UInt8>) throws(ProxyHeaderError) {
        guard bytes.count >= Self.prefixLength else { throw .missing }
        switch bytes[12] & 0x0F {
        case 0:
            // The rest is to be skipped, whatever it is.
            self.init(version: 2, nil)
            return
        case 1: break
        case let command: throw ProxyHeaderError("its command \(command) is unknown")
        }
        guard let family = Family(rawValue: bytes[13]) else {
            throw ProxyHeaderError(
                "its address family and protocol 0x\(String(bytes[13], radix: 16)) are not TCP")
        }
        let end = Self.prefixLength + family.length
        guard bytes.count >= end else {
            throw ProxyHeaderError(
                "it is too short for its addresses: \(bytes.count) bytes instead of \(end)")
        }
        self.init(
            version: 2, Self.addresses(bytes, family),
            fields: try Self.fields(bytes, from: end))
    }

    private static func addresses(_ bytes: Span<UInt8>, _ family: Family) -> Addresses? {
        func number<Number: FixedWidthInteger>(_ start: Int, _: Number.Type) -> Number {
            (0..<Number.bitWidth / 8).reduce(0) { $0 << 8 | Number(bytes[start + $1]) }
        }
        let (first, second, ports): (IPAddress, IPAddress, Int)
        switch family {
        case .unspecified, .unixStream:
            return nil
        case .tcp4:
            first = IPAddress(v4: number(16, UInt32.self))
            second = IPAddress(v4: number(20, UInt32.self))
            ports = 24
        case .tcp6:
            first = IPAddress(v6: number(16, UInt64.self), number(24, UInt64.self))
            second = IPAddress(v6: number(32, UInt64.self), number(40, UInt64.self))
            ports = 48
        }
        return Addresses(
            source: SocketAddress(first, port: number(ports, UInt16.self)),
            destination: SocketAddress(second, port: number(ports + 2, UInt16.self)))
    }

    private static func fields(
        _ bytes: Span<UInt8>, from first: Int
    ) throws(ProxyHeaderError) -> [Field] {
        var (fields, start): ([Field], Int) = ([], first)
        while start < bytes.count {
            guard bytes.count - start >= 3 else {
                throw ProxyHeaderError("its last field is cut off")
            }
            let count = Int(bytes[start + 1]) << 8 + Int(bytes[start + 2])
            guard bytes.count - start - 3 >= count else {
                throw ProxyHeaderError(
                    "its field 0x\(String(bytes[start], radix: 16)) is longer than the header")
            }
            let value = (start + 3)..<(start + 3 + count)
            switch bytes[start] {
            case Field.padding: break
            case Field.checksum: try check(value, of: bytes)
            case let type: fields.append(Field(type: type, value: value.map { bytes[$0] }))
            }
            start = value.upperBound
        }
        return fields
    }

    /// Compares the checksum, which was taken with zeros in its place.
    private static func check(
        _ value: Range<Int>, of header: Span<UInt8>
    ) throws(ProxyHeaderError) {
        guard value.count == 4 else {
            throw ProxyHeaderError("its checksum has \(value.count) bytes, not 4")
        }
        var checksum = CRC32C()
        for index in header.indices {
            checksum.add(value.contains(index) ? 0 : header[index])
        }
        let told = value.reduce(UInt32(0)) { $0 << 8 | UInt32(header[$1]) }
        guard checksum.value == told else {
            throw ProxyHeaderError("its checksum is wrong")
        }
    }
}
