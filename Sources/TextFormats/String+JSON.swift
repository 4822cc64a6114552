extension String {
    /// The text as a JSON string with its quotes (RFC 8259, section 7).
    package var json: String {
        var bytes: [UInt8] = []
        bytes.appendJSON(self)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Appends a text as a JSON string with its quotes (RFC 8259, section 7).
    ///
    /// Characters that a terminal would obey or hide are escaped, too.
    package mutating func appendJSON(_ text: String) {
        append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: scalar)])
            case "\n": append(contentsOf: "\\n".utf8)
            case "\t": append(contentsOf: "\\t".utf8)
            case _ where scalar.isPrintable:
                append(contentsOf: UTF8.encode(scalar) ?? .init())
            default:
                for unit in UTF16.encode(scalar) ?? .init() {
                    append(contentsOf: "\\u\(Int(unit).padded(to: 4, radix: 16))".utf8)
                }
            }
        }
        append(UInt8(ascii: "\""))
    }
}

extension Unicode.Scalar {
    /// Whether a terminal shows the character and does nothing else; a tab counts as shown.
    package var isPrintable: Bool {
        if value < 0x7F { return value >= 0x20 || self == "\t" }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
}
