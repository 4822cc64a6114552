/// The format of a file that is not configuration text.
enum FileFormat {
    /// UTF-16 or UTF-32, by its name in iconv(1).
    case encoding(String)
    /// A file of a well-known program.
    case made(String)

    /// Detects the format by the first bytes, or by the positions of NUL bytes; nil for possible text.
    init?(_ bytes: [UInt8]) {
        if let mark = Self.marks.first(where: { bytes.starts(with: $0.bytes) }) {
            self = .encoding(mark.encoding)
        } else if let kind = Self.kinds.first(where: { bytes.starts(with: $0.bytes) }) {
            self = .made(kind.name)
        } else if let encoding = Self.encoding(ofUnmarked: bytes.prefix(Self.sample)) {
            self = .encoding(encoding)
        } else {
            return nil
        }
    }

    /// The message about the file.
    var message: String {
        switch self {
        case .encoding(let name):
            "the file is \(name) text and must be UTF-8: convert it, as with iconv -f \(name) -t UTF-8"
        case .made(let name): "the file is not text: it is \(name)"
        }
    }

    /// Byte order marks; that of UTF-32 begins with that of UTF-16.
    private static let marks: [(bytes: [UInt8], encoding: String)] = [
        ([0xFF, 0xFE, 0, 0], "UTF-32LE"), ([0, 0, 0xFE, 0xFF], "UTF-32BE"),
        ([0xFF, 0xFE], "UTF-16LE"), ([0xFE, 0xFF], "UTF-16BE"),
    ]

    private static let kinds: [(bytes: [UInt8], name: String)] = [
        ([0x1F, 0x8B], "compressed by gzip"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "compressed by xz"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd"),
        (Array("BZh".utf8) + [0x39, 0x31, 0x41, 0x59], "compressed by bzip2"),
        ([0x50, 0x4B, 3, 4], "a zip archive"), ([0x7F, 0x45, 0x4C, 0x46], "a program"),
        (Array("SQLite format 3".utf8) + [0], "a database"),
        ([0x30, 0x82], "a certificate or key in DER"),
    ]

    /// The number of bytes that are inspected.
    private static let sample = 4_096

    /// The encoding of mostly ASCII text without a mark, by the positions of NUL bytes.
    private static func encoding(ofUnmarked bytes: ArraySlice<UInt8>) -> String? {
        var zeros = [0, 0, 0, 0]
        for (index, byte) in bytes.enumerated() where byte == 0 { zeros[index % 4] += 1 }
        let quarter = bytes.count / 4
        guard quarter > 0, zeros.contains(where: { $0 > 0 }) else { return nil }
        let isMostlyZero = zeros.map { $0 * 2 > quarter }
        let hasZero = zeros.map { $0 > 0 }
        switch (isMostlyZero[0], isMostlyZero[1], isMostlyZero[2], isMostlyZero[3]) {
        case (false, true, true, true): return hasZero[0] ? nil : "UTF-32LE"
        case (true, true, true, false): return hasZero[3] ? nil : "UTF-32BE"
        case (false, true, false, true): return hasZero[0] || hasZero[2] ? nil : "UTF-16LE"
        case (true, false, true, false): return hasZero[1] || hasZero[3] ? nil : "UTF-16BE"
        default: return nil
        }
    }
}
