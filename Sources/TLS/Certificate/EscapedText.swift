internal import TextFormats

/// Formats a client's bytes for a record.
enum EscapedText {
    private static let longest = 60

    /// The bytes in quotes, with unprintable and non-ASCII ones escaped, and truncated when there are many.
    static func quoted(_ bytes: Span<UInt8>) -> String {
        var text = ""
        for index in bytes.indices.prefix(longest) {
            switch bytes[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text += "\\\(Unicode.Scalar(bytes[index]))"
            case 0x20...0x7E:
                text.unicodeScalars.append(Unicode.Scalar(bytes[index]))
            default:
                text += "\\x\(Int(bytes[index]).padded(to: 2, radix: 16))"
            }
        }
        return "\"\(text)\(bytes.count > longest ? "…" : "")\""
    }
}
