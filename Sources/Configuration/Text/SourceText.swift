/// The text of one configuration file.
///
/// Diagnostics have a file, line and column; the source provides the line for printing. It keeps only the
/// bytes as read, to need no more memory than the file.
package struct SourceText: Sendable {
    /// The path as it was given or included.
    package let file: String
    /// The bytes of the file.
    package let bytes: [UInt8]

    /// Creates a source.
    package init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    /// The start of the text, after a UTF-8 byte order mark.
    var textStart: Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    /// The reason why the bytes are not text, or not text from some byte on; nil for text.
    func problem() -> Diagnostic? {
        if let format = FileFormat(bytes) {
            let place = SourceLocation(file: file, line: 1, column: 1)
            return .error(at: place, format.message)
        }
        return bytes.firstIndex(of: 0).map {
            .error(at: location(of: $0), "the file is not text: it contains a NUL byte")
        }
    }

    /// The same text in UTF-8, with a note at the first byte that was not.
    func decoded(into diagnostics: inout Diagnostics) -> SourceText {
        // Bytes that are not text in any encoding are reported, and not read.
        guard problem() == nil else { return self }
        do {
            _ = try UTF8Span(validating: bytes.span)
            return self
        } catch {
            diagnostics.note(
                at: location(of: error.byteOffsets.lowerBound),
                "the file is not UTF-8 here: it is read as Windows-1252")
            return SourceText(file: file, bytes: Windows1252.utf8(bytes))
        }
    }

    /// The place of one byte.
    private func location(of offset: Int) -> SourceLocation {
        let before = bytes[textStart..<max(textStart, offset)]
        let lines = before.reduce(into: 1) { if $1 == .newline { $0 += 1 } }
        let start = before.lastIndex(of: .newline).map { $0 + 1 } ?? before.startIndex
        let column = 1 + before[start...].characterCount
        return SourceLocation(file: file, line: lines, column: column)
    }
}

extension UInt8 {
    /// The byte that ends a line.
    static let newline = UInt8(ascii: "\n")
}

extension ArraySlice<UInt8> {
    /// How many characters (Unicode scalars) the UTF-8 text has.
    var characterCount: Int {
        reduce(into: 0) { if $1 & 0xC0 != 0x80 { $0 += 1 } }
    }

    /// The slice without blanks and control characters at either end, as Delphi's `Trim`.
    var trimmed: Self {
        guard let first = firstIndex(where: { $0 > 0x20 }),
            let last = lastIndex(where: { $0 > 0x20 })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
