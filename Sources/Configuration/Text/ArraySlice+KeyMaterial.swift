extension ArraySlice<UInt8> {
    /// The shortest text that can be a line of PEM: shorter ones are words.
    private static let leastKeyMaterial = 16

    /// Whether a line looks like one of a key or certificate in PEM (RFC 7468).
    ///
    /// Such a line is never printed, wherever it is in a configuration.
    var isKeyMaterial: Bool {
        let body = self[..<(lastIndex { $0 != UInt8(ascii: "=") }.map { $0 + 1 } ?? startIndex)]
        guard body.count >= Self.leastKeyMaterial, count - body.count <= 2 else { return false }
        var (hasSmall, hasCapital, hasSign) = (false, false, false)
        for byte in body {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): hasSmall = true
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): hasCapital = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                hasSign = true
            default: return false
            }
        }
        // The name of a key with a blank value is mostly letters.
        return hasSign || (count == body.count && hasSmall && hasCapital)
    }
}
