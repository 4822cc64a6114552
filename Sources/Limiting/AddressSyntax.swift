package import NetworkTypes

/// Reads `ADDRESS` or `ADDRESS/LENGTH`, strictly.
///
/// Addresses have the forms of inet_pton(3): no names, no short forms, no leading zeros, no zones. The bits beyond the
/// length are zero. An IPv4-mapped network is that of IPv4.
package enum AddressSyntax {
    /// Reads a network; an address is a network of one.
    ///
    /// - Parameter text: without blanks around it.
    /// - Returns: the network.
    /// - Throws: what is wrong with it, and what to write.
    package static func network(_ text: Span<UInt8>) throws(AddressMistake) -> IPNetwork {
        var end = 0
        while end < text.count, text[end] != UInt8(ascii: "/") { end += 1 }
        guard let address = address(text.extracting(0..<end)) else {
            throw AddressMistake(in: string(text))
        }
        let limit = address.family == .v4 ? 32 : 128
        guard end < text.count else { return network(address, limit) }
        guard let length = number(text.extracting((end + 1)...), upTo: limit) else {
            throw AddressMistake(lengthIn: string(text), address, limit: limit)
        }
        let network = IPNetwork(of: address, length: length)
        guard network.address == address else {
            throw AddressMistake(
                "\(quoted(text)) has bits beyond its length: write \(network.unmapped.entry) for the "
                    + "network, or \(address) for the address alone")
        }
        return self.network(address, length)
    }

    private static func network(_ address: IPAddress, _ length: Int) -> IPNetwork {
        IPNetwork(of: address, length: length).unmapped
    }

    private static func quoted(_ text: Span<UInt8>) -> String { "\"\(string(text))\"" }

    private static func string(_ text: Span<UInt8>) -> String {
        String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
    }

    /// A decimal number without a sign or a leading zero.
    private static func number(_ digits: Span<UInt8>, upTo limit: Int) -> Int? {
        guard (1...3).contains(digits.count), digits.count == 1 || digits[0] != UInt8(ascii: "0")
        else { return nil }
        var number = 0
        for index in digits.indices {
            guard let digit = digits[index].decimal else { return nil }
            number = number * 10 + digit
        }
        return number <= limit ? number : nil
    }

    /// An address of either family; nil for anything else.
    static func address(_ text: Span<UInt8>) -> IPAddress? {
        if let v4 = v4(text) { return IPAddress(v4: v4) }
        return v6(text).map { IPAddress(v6: UInt64($0 >> 64), UInt64(truncatingIfNeeded: $0)) }
    }

    private static func v4(_ text: Span<UInt8>) -> UInt32? {
        guard (7...15).contains(text.count) else { return nil }
        var address: UInt32 = 0
        var (part, digits, dots) = (0, 0, 0)
        for index in text.indices {
            if let digit = text[index].decimal {
                guard digits == 0 || part > 0 else { return nil }
                part = part * 10 + digit
                digits += 1
                guard part < 256 else { return nil }
            } else {
                guard text[index] == UInt8(ascii: "."), digits > 0, dots < 3 else { return nil }
                address = address << 8 | UInt32(part)
                (part, digits) = (0, 0)
                dots += 1
            }
        }
        guard dots == 3, digits > 0 else { return nil }
        return address << 8 | UInt32(part)
    }

    private static func v6(_ text: Span<UInt8>) -> UInt128? {
        guard (2...45).contains(text.count) else { return nil }
        let colon = UInt8(ascii: ":")
        var address: UInt128 = 0
        var groups = 0
        /// How many groups are before `::`.
        var gap: Int?
        var index = 0
        if text[0] == colon {
            guard text[1] == colon else { return nil }
            (gap, index) = (0, 2)
        }
        while index < text.count {
            guard groups < 8 else { return nil }
            let start = index
            var group: UInt128 = 0
            while index < text.count, index - start < 4, let digit = text[index].hexadecimal {
                group = group << 4 | UInt128(digit)
                index += 1
            }
            if index < text.count, text[index] == UInt8(ascii: ".") {
                guard groups <= 6, let v4 = v4(text.extracting(start...)) else { return nil }
                address = address << 32 | UInt128(v4)
                groups += 2
                break
            }
            guard index > start else { return nil }
            address = address << 16 | group
            groups += 1
            guard index < text.count else { break }
            guard text[index] == colon else { return nil }
            index += 1
            // A single colon at the end.
            guard index < text.count else { return nil }
            if text[index] == colon {
                guard gap == nil else { return nil }
                gap = groups
                index += 1
            }
        }
        guard let gap else { return groups == 8 ? address : nil }
        guard groups < 8 else { return nil }
        let bits = UInt128(16 * (groups - gap))
        let tail = address & ((1 << bits) - 1)
        // A shift by all 128 bits is zero.
        return (address >> bits) << UInt128(128 - 16 * gap) | tail
    }
}

/// What is wrong with a network, and what to write.
package struct AddressMistake: Error, Hashable, Sendable {
    /// No capital, no full stop.
    package let message: String

    init(_ message: String) { self.message = message }

    /// A text that does not begin with an address.
    init(in text: String) {
        let shown = text.count > 64 ? "\(text.prefix(64))…" : text
        self.init("expected an address or a network, \(Self.reason(text, "\"\(shown)\""))")
    }

    private static func reason(_ text: String, _ shown: String) -> String {
        let address = text.prefix { $0 != "/" }
        if address == "*" || text.lowercased() == "all" || text.lowercased() == "any" {
            return "not \(shown): write 0.0.0.0/0 for all of IPv4, ::/0 for all of IPv6"
        }
        if text.contains(";") { return "not \(shown): a comment begins with #" }
        if text.contains(where: { " \t,".contains($0) }) {
            return "not \(shown): write one a line, or in a key separate them by commas"
        }
        if address.contains("%") {
            return "not \(shown): remove \"\(address.drop { $0 != "%" })\", for a list has no zones"
        }
        if text.hasPrefix("[") {
            return "not \(shown): write it without brackets"
        }
        if let dash = text.firstIndex(of: "-"), IPAddress(text[..<dash]) != nil {
            return "not \(shown): write a range as the networks that it consists of"
        }
        let isNumeric = address.utf8.allSatisfy { $0.decimal != nil || $0 == UInt8(ascii: ".") }
        if isNumeric, !address.isEmpty {
            let parts = address.split(separator: ".")
            if parts.count < 4, parts.allSatisfy({ UInt8($0) != nil }) {
                let missing = repeatElement("0", count: 4 - parts.count)
                let whole = (parts.map(String.init) + missing).joined(separator: ".")
                return "not \(shown): write all four numbers, such as \(whole)/\(8 * parts.count)"
            }
            return "not \(shown): the four numbers are from 0 to 255, without leading zeros"
        }
        if let colon = address.firstIndex(of: ":"), IPAddress(address[..<colon])?.family == .v4 {
            return "not \(shown): remove the port"
        }
        if !address.contains(":"), address.contains(where: \.isLetter) {
            return "not \(shown): a list has no names, write their addresses"
        }
        return "such as 192.0.2.0/24 or 2001:db8::/32, not \(shown)"
    }

    /// A network whose length is none.
    init(lengthIn text: String, _ address: IPAddress, limit: Int) {
        let length = text.drop { $0 != "/" }.dropFirst()
        var remedy = ""
        if let mask = IPAddress(length), mask.family == .v4, address.family == .v4 {
            let bits = UInt32(truncatingIfNeeded: mask.low)
            let ones = (~bits).leadingZeroBitCount
            if bits == (ones == 0 ? 0 : ~UInt32(0) << UInt32(32 - ones)) {
                remedy = ": write \(address)/\(ones)"
            }
        }
        self.init(
            "the length after / must be a number from 0 to \(limit), not \"\(length.prefix(64))\"\(remedy)"
        )
    }
}

extension IPNetwork {
    /// The same as a network of IPv4, if it is IPv4-mapped.
    fileprivate var unmapped: IPNetwork {
        guard length >= 96, let v4 = address.mappedV4 else { return self }
        return IPNetwork(of: v4, length: length - 96)
    }

    /// As an entry of a list: an address without a length, where it is the only one.
    package var entry: String {
        length == (address.family == .v4 ? 32 : 128) ? "\(address)" : description
    }
}

extension UInt8 {
    /// The value of a decimal digit.
    fileprivate var decimal: Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? Int(self) - 0x30 : nil
    }

    /// The value of a hexadecimal digit.
    fileprivate var hexadecimal: Int? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(self) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(self) - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(self) - 0x37
        default: nil
        }
    }
}
