/// A host with an optional port, as `Host` and absolute targets have it (RFC 3986, 3.2).
package struct Authority: Sendable {
    /// The name, the IPv4 address, or the IPv6 address with its brackets; not empty.
    package let host: Range<Int>
    /// The port, nil where there is none.
    package let port: Int?

    /// Takes an authority apart; nil when it is not valid or has a user in it.
    package init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard let first = range.first else { return nil }
        var end = first
        if bytes[first] == UInt8(ascii: "[") {
            guard let close = bytes.first(UInt8(ascii: "]"), in: range), close > first + 2 else {
                return nil
            }
            for index in first + 1..<close where !Authority.isInLiteral(bytes[index]) {
                return nil
            }
            end = close + 1
        } else {
            while end < range.upperBound, bytes[end] != UInt8(ascii: ":") {
                guard CharacterSets.contains(bytes[end], CharacterSets.registeredName) else {
                    return nil
                }
                end += 1
            }
            guard end > first else { return nil }
        }
        host = first..<end
        guard end < range.upperBound else {
            port = nil
            return
        }
        guard bytes[end] == UInt8(ascii: ":") else { return nil }
        let digits = end + 1..<range.upperBound
        if digits.isEmpty {
            // RFC 3986, 3.2.3: a colon without a port means the port of the scheme.
            port = nil
        } else {
            guard let number = bytes.number(at: digits), number <= 65_535 else { return nil }
            port = number
        }
    }

    /// Hexadecimal digits, colons, and the dots of an IPv4 address at its end.
    private static func isInLiteral(_ byte: UInt8) -> Bool {
        byte.hexadecimal != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }
}
