import Testing

@testable import Configuration

/// A file that is not UTF-8 text is told as what it is.
@Suite struct FileFormatTests {
    private static let text = host + "; größer\n"

    /// The text in an encoding with so many bytes a unit.
    private static func encoded(_ width: Int, littleEndian: Bool, mark: Bool) -> [UInt8] {
        var units =
            width == 2 ? Array(text.utf16).map(UInt32.init) : text.unicodeScalars.map(\.value)
        if mark { units.insert(0xFEFF, at: 0) }
        return units.flatMap { unit in
            let bytes = (0..<width).map { UInt8(truncatingIfNeeded: unit >> UInt32(8 * $0)) }
            return littleEndian ? bytes : bytes.reversed()
        }
    }

    private static func told(_ bytes: [UInt8]) -> [String] {
        LoadedConfiguration(bytes: bytes, file: "c", handlers: handlers).diagnostics.sorted()
            .map(\.description)
    }

    @Test(arguments: [2, 4], [true, false])
    func wideTextIsNamed(_ width: Int, _ littleEndian: Bool) {
        let name = "UTF-\(width * 8)\(littleEndian ? "LE" : "BE")"
        for mark in [true, false] {
            let bytes = Self.encoded(width, littleEndian: littleEndian, mark: mark)
            #expect(
                Self.told(bytes) == [
                    "c:1:1: error: the file is \(name) text and must be UTF-8: convert it, as with "
                        + "iconv -f \(name) -t UTF-8"
                ])
        }
    }

    @Test(
        arguments: [
            ([0x1F, 0x8B, 8, 0, 1], "compressed by gzip"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0], "compressed by xz"),
            ([0x28, 0xB5, 0x2F, 0xFD, 4], "compressed by zstd"),
            ([0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26], "compressed by bzip2"),
            ([0x50, 0x4B, 3, 4, 20, 0], "a zip archive"),
            ([0x7F, 0x45, 0x4C, 0x46, 2, 1], "a program"),
            ([0x30, 0x82, 3, 1], "a certificate or key in DER"),
            (Array("SQLite format 3\0".utf8), "a database"),
        ] as [([UInt8], String)])
    func aBinaryFileIsNamed(_ bytes: [UInt8], _ name: String) {
        #expect(
            Self.told(bytes + Array(repeating: 0xE9, count: 40)) == [
                "c:1:1: error: the file is not text: it is \(name)"
            ])
    }

    @Test func aNULElsewhereHasItsPlaceAndNothingElseIsTold() {
        #expect(
            Self.told(Array("[Server]\nBanner=é\0x\n".utf8)) == [
                "c:2:9: error: the file is not text: it contains a NUL byte"
            ])
        #expect(
            Self.told([0xE9, 0x0A] + Array("[Server]\n\0".utf8)) == [
                "c:3:1: error: the file is not text: it contains a NUL byte"
            ])
    }

    /// The line would be noise, or a key.
    @Test func nothingOfSuchAFileIsShown() {
        let loaded = LoadedConfiguration(
            bytes: [0x1F, 0x8B] + Array("secret".utf8), file: "c", handlers: handlers)
        #expect(!loaded.report.contains("secret"))
    }

    @Test func textOfWindowsIsReadAsBefore() {
        let bytes = Array(host.utf8) + Array("Descr=gr".utf8) + [0xFC, 0x6E, 0x0A]
        #expect(
            Self.told(bytes) == [
                "c:6:9: note: the file is not UTF-8 here: it is read as Windows-1252"
            ])
    }
}
