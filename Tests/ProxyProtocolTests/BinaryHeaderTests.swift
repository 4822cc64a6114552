import NetworkTypes
import Testing

@testable import ProxyProtocol

@Suite struct BinaryHeaderTests {
    private static let addresses: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0x12, 0x67, 0, 80]

    private func bytes(
        command: UInt8 = 0x21, family: UInt8 = 0x11, _ body: [UInt8] = addresses,
        length: Int? = nil
    ) -> [UInt8] {
        let length = length ?? body.count
        return ProxyHeader.signature
            + [command, family, UInt8(length >> 8), UInt8(length & 0xFF)] + body
    }

    private func header(_ bytes: [UInt8]) throws -> ProxyHeader {
        guard case .binary(let count) = try ProxyHeader.prefix(of: bytes.span),
            count == bytes.count
        else { throw ProxyHeaderError("not all of it is the header") }
        return try ProxyHeader(binary: bytes.span)
    }

    @Test func addressesOfIPv4AreRead() throws {
        let header = try header(bytes())
        #expect(header.addresses?.source.description == "192.0.2.1:4711")
        #expect(header.addresses?.destination.description == "192.0.2.2:80")
        #expect(header.version == 2)
    }

    @Test func addressesOfIPv6AreRead() throws {
        let body =
            [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
            + [UInt8](repeating: 0, count: 15) + [1] + [0xFF, 0xFE, 0, 80]
        let header = try header(bytes(family: 0x21, body))
        #expect(header.addresses?.source.description == "[2001:db8::1]:65534")
        #expect(header.addresses?.destination.description == "[::1]:80")
    }

    /// A check of the balancer's own, whatever it says besides.
    @Test(arguments: [(0, []), (0x11, addresses), (0x99, [1, 2, 3])] as [(UInt8, [UInt8])])
    func localIsNobodys(_ family: UInt8, _ body: [UInt8]) throws {
        let header = try header(bytes(command: 0x20, family: family, body))
        #expect(header.addresses == nil && header.fields.isEmpty)
    }

    @Test func unixClientsKeepTheAddressesOfTheConnection() throws {
        let body = [UInt8](repeating: 0, count: 216) + [0x02, 0, 1, 65]
        let header = try header(bytes(family: 0x31, body))
        #expect(header.addresses == nil)
        #expect(header.fields == [.init(type: 2, value: [65])])
        #expect(try self.header(bytes(family: 0, [])).addresses == nil)
    }

    @Test func allFieldsAreKeptInTheirOrder() throws {
        let fields: [UInt8] = [
            0x02, 0, 3, 97, 46, 98, 0x04, 0, 2, 0, 0, 0xEA, 0, 0, 0x02, 0, 1, 99,
        ]
        let header = try header(bytes(Self.addresses + fields))
        #expect(
            header.fields == [
                .init(type: 0x02, value: Array("a.b".utf8)), .init(type: 0xEA, value: []),
                .init(type: 0x02, value: Array("c".utf8)),
            ])
    }

    @Test func aFieldMayTakeAllThereIs() throws {
        let value = [UInt8](repeating: 7, count: 65_535 - 12 - 3)
        let header = try header(
            bytes(
                Self.addresses + [0xE0, UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value)
        )
        #expect(header.fields == [.init(type: 0xE0, value: value)])
    }

    @Test(arguments: [UInt8(0x11), 0x31, 0x01, 0x22, 0x2F])
    func anotherVersionOrCommandIsRefused(_ command: UInt8) {
        #expect(throws: ProxyHeaderError.self) { try header(bytes(command: command)) }
    }

    @Test(arguments: [UInt8(0x10), 0x12, 0x22, 0x32, 0x01, 0x02, 0x41, 0xFF])
    func anotherFamilyIsRefused(_ family: UInt8) {
        let body = [UInt8](repeating: 0, count: 216)
        #expect(throws: ProxyHeaderError.self) { try header(bytes(family: family, body)) }
    }

    /// Lies about lengths: the header ends within its addresses, or within a field.
    @Test(arguments: [(0x11, 12), (0x21, 36), (0x31, 216)] as [(UInt8, Int)])
    func aHeaderTooShortForItsAddressesIsRefused(_ family: UInt8, _ length: Int) {
        for count in 0..<length {
            let body = [UInt8](repeating: 1, count: count)
            #expect(throws: ProxyHeaderError.self) { try header(bytes(family: family, body)) }
        }
    }

    @Test(arguments: [
        [UInt8(0x02)], [0x02, 0], [0x02, 0, 1], [0x02, 0xFF, 0xFF, 1], [0xE0, 0, 0, 1],
    ])
    func aFieldBeyondTheHeaderIsRefused(_ field: [UInt8]) {
        #expect(throws: ProxyHeaderError.self) { try header(bytes(Self.addresses + field)) }
    }

    @Test func eachTruncationIsIncompleteOrShorterThanItSays() throws {
        let all = bytes(Self.addresses + [0x02, 0, 1, 65])
        for count in 0..<ProxyHeader.prefixLength {
            #expect(try ProxyHeader.prefix(of: all.span.extracting(0..<count)) == .incomplete)
        }
        for count in ProxyHeader.prefixLength...all.count {
            let prefix = try ProxyHeader.prefix(of: all.span.extracting(0..<count))
            #expect(prefix == .binary(count: all.count))
        }
    }

    @Test func aChecksumIsCompared() throws {
        var all = bytes(Self.addresses + [0x03, 0, 4, 0, 0, 0, 0])
        var checksum = CRC32C()
        for byte in all { checksum.add(byte) }
        for index in 0..<4 {
            all[all.count - 4 + index] = UInt8(
                truncatingIfNeeded: checksum.value >> (24 - 8 * index))
        }
        #expect(try header(all).fields.isEmpty)
        for index in ProxyHeader.prefixLength..<all.count where index < 28 || index > 30 {
            var changed = all
            changed[index] ^= 1
            #expect(throws: ProxyHeaderError("its checksum is wrong")) { try header(changed) }
        }
        #expect(throws: ProxyHeaderError.self) {
            try header(bytes(Self.addresses + [0x03, 0, 1, 0]))
        }
    }

    /// RFC 9260 has no example; this one is that of many: the digits.
    @Test func theChecksumIsThatOfCastagnoli() {
        var checksum = CRC32C()
        for byte in "123456789".utf8 { checksum.add(byte) }
        #expect(checksum.value == 0xE306_9283)
    }
}
