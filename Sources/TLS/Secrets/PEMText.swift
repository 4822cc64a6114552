/// Repairs PEM text that editors, cat(1) or copying broke and that OpenSSL would reject.
enum PEMText {
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)

    /// The repaired text; nil when there is nothing to repair.
    ///
    /// It has no byte order marks, each line ends with a line feed, and each BEGIN and END starts a line.
    /// Concatenating files without a final line feed results in `-----END CERTIFICATE----------BEGIN
    /// CERTIFICATE-----`.
    static func mended(_ bytes: [UInt8]) -> [UInt8]? {
        var lines: [UInt8] = []
        lines.reserveCapacity(bytes.count + 16)
        var (index, isStart) = (0, true)
        while index < bytes.count {
            let rest = bytes[index...]
            if isStart, rest.starts(with: mark) {
                index += mark.count
                continue
            }
            if isStart, let skip = indentation(rest) {
                index += skip
                continue
            }
            let byte = bytes[index]
            if !isStart, byte == UInt8(ascii: "-"), rest.starts(with: begin), endsBlock(lines) {
                lines.append(UInt8(ascii: "\n"))
            }
            if byte == UInt8(ascii: "\r") {
                lines.append(UInt8(ascii: "\n"))
                index += rest.dropFirst().first == UInt8(ascii: "\n") ? 1 : 0
            } else {
                lines.append(byte)
            }
            isStart = lines.last == UInt8(ascii: "\n")
            index += 1
        }
        return lines == bytes ? nil : lines
    }

    /// Whether the last line ends with the dashes of an END, followed by blanks at most.
    private static func endsBlock(_ lines: [UInt8]) -> Bool {
        let blanks = lines.reversed().prefix { isBlank($0) }.count
        let dashes = lines.dropLast(blanks).suffix(5)
        return dashes.count == 5 && dashes.allSatisfy { $0 == UInt8(ascii: "-") }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// The number of blanks before a BEGIN or END; nil for none, and before other text.
    private static func indentation(_ line: ArraySlice<UInt8>) -> Int? {
        let count = line.prefix { isBlank($0) }.count
        let rest = line.dropFirst(count)
        return count > 0 && (rest.starts(with: begin) || rest.starts(with: end)) ? count : nil
    }

    /// Whether it is UTF-16, the encoding in which some Windows editors save text.
    static func isUTF16(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            || bytes.starts(with: [0x2D, 0, 0x2D, 0]) || bytes.starts(with: [0, 0x2D, 0, 0x2D])
    }

    /// The text without a byte order mark.
    static func withoutMark(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes
    }
}
