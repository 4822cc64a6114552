/// What a host name looks like (RFC 952; RFC 1123, 2.1), with the underscore that private names use.
package enum HostNameSyntax {
    /// The longest name, without a final dot.
    private static let longest = 253

    /// Whether bytes are a host name, in any case and with a final dot or not, or an IP address, which
    /// some clients ask for although RFC 6066 knows no such names.
    ///
    /// Nothing that passes means anything to a shell, a terminal or a reader of lines.
    package static func isHostName(_ name: Span<UInt8>) -> Bool {
        var (start, hasLetter) = (0, false)
        var end = name.count
        if end > 0, name[end - 1] == UInt8(ascii: ".") { end -= 1 }
        guard (1...longest).contains(end) else { return false }
        for index in 0...end where index == end || name[index] == UInt8(ascii: ".") {
            guard isLabel(name.extracting(start..<index)) else { return isAddress(name) }
            hasLetter = (start..<index).contains { !isDigit(name[$0]) }
            start = index + 1
        }
        // A last label of digits alone is part of an IPv4 address, or of none.
        return hasLetter || isAddress(name)
    }

    /// Whether bytes are one label of a name.
    package static func isLabel(_ label: Span<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard (1...63).contains(label.count), label[0] != hyphen, label[label.count - 1] != hyphen
        else { return false }
        return label.indices.allSatisfy { index in
            switch label[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), hyphen, UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// An IPv6 address has 39 characters at most, or 45 with an IPv4 address at its end.
    private static func isAddress(_ name: Span<UInt8>) -> Bool {
        guard name.count <= 45 else { return false }
        return IPAddress(String(decoding: name.indices.map { name[$0] }, as: UTF8.self)) != nil
    }
}
