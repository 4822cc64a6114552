/// Escapes what cannot stand in an address (RFC 3986, 2.1).
package enum PercentEncoding {
    /// What the bytes are.
    package enum Text {
        /// A path or query as a client sent it: what is escaped in it stays so.
        case sent
        /// A decoded path: a percent sign or question mark belongs to a name.
        case decoded
    }

    /// Appends a byte, escaped where it could be taken for anything else.
    package static func append(_ byte: UInt8, of text: Text, to address: inout [UInt8]) {
        let isPlain =
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "]"):
                text == .sent
            case UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "<"), UInt8(ascii: ">"),
                UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"),
                UInt8(ascii: "|"), UInt8(ascii: "}"):
                false
            default:
                byte > 0x20 && byte < 0x7f
            }
        if isPlain {
            address.append(byte)
        } else {
            address += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
