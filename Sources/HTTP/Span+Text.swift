extension Span<UInt8> {
    /// Whether the bytes at a range are these of a text, with its case.
    func has(_ text: String, at range: Range<Int>) -> Bool {
        let bytes = text.utf8.span
        guard range.count == bytes.count else { return false }
        let part = extracting(range)
        for index in bytes.indices where part[index] != bytes[index] { return false }
        return true
    }

    /// Whether the bytes at a range are those of a text in lower case, in any case.
    func means(_ text: String, at range: Range<Int>) -> Bool {
        // Not the characters one by one: that took a tenth of the instructions of a request.
        let bytes = text.utf8.span
        guard range.count == bytes.count else { return false }
        let part = extracting(range)
        for index in bytes.indices where part[index].lowercased != bytes[index] { return false }
        return true
    }

    /// The range without spaces and tabs at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return start..<end
    }

    /// The first place of a byte in a range.
    func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
        let part = extracting(range)
        for index in part.indices where part[index] == byte { return range.lowerBound + index }
        return nil
    }

    /// The number that the digits at a range make; nil for anything else, and beyond 18 digits.
    func number(at range: Range<Int>) -> Int? {
        guard 1...18 ~= range.count else { return nil }
        var value = 0
        for index in range {
            guard self[index].isDigit else { return nil }
            value = value * 10 + Int(self[index] - UInt8(ascii: "0"))
        }
        return value
    }

    /// Takes the trimmed elements of a comma list one by one, quoted strings unbroken.
    ///
    /// - Parameters:
    ///   - range: the list.
    ///   - body: gets each element that is not empty; false ends the walk.
    func forEachElement(of range: Range<Int>, _ body: (Range<Int>) -> Bool) {
        var start = range.lowerBound
        var isQuoted = false
        for index in range {
            if self[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard self[index] == UInt8(ascii: ","), !isQuoted else { continue }
            let element = trimmed(start..<index)
            if !element.isEmpty, !body(element) { return }
            start = index + 1
        }
        let element = trimmed(start..<range.upperBound)
        if !element.isEmpty { _ = body(element) }
    }
}

extension UInt8 {
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    /// Space or tab.
    var isBlank: Bool { self == UInt8(ascii: " ") || self == 9 }
    /// The letter in lower case, any other byte as it is.
    var lowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }

    /// The value of a hexadecimal digit.
    var hexadecimal: UInt8? {
        if isDigit { return self - UInt8(ascii: "0") }
        let letter = lowercased &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }

    /// What the value of a field may have in it (RFC 9110, 5.5): no control character but the tab.
    var isFieldContent: Bool { self >= 0x20 && self != 0x7f || self == 9 }

    /// A character of a token (RFC 9110, 5.6.2).
    var isTokenCharacter: Bool { CharacterSets.contains(self, CharacterSets.token) }
}

/// Sets of ASCII characters, a bit for each: a look-up needs no memory.
enum CharacterSets {
    typealias Bits = (low: UInt64, high: UInt64)

    static let token: Bits = (0x03ff_6cfa_0000_0000, 0x57ff_ffff_c7ff_fffe)
    /// Unreserved characters, sub-delimiters and the percent sign: a registered name (RFC 3986).
    static let registeredName: Bits = (0x2bff_7ff2_0000_0000, 0x47ff_fffe_87ff_fffe)

    @inline(__always)
    static func contains(_ byte: UInt8, _ bits: Bits) -> Bool {
        guard byte < 128 else { return false }
        return (byte < 64 ? bits.low : bits.high) >> (byte & 63) & 1 != 0
    }
}
