internal import TextFormats

/// Prints diagnostics as compilers do: the place and message, the source line, a caret below it.
///
/// ```
/// icshostd.conf:4:14: error: BindNonPort must be a number …, not "http"
///   BindNonPort=http
///               ^
/// ```
package struct DiagnosticPrinter: Sendable {
    /// How many characters of a line are shown around the caret.
    package static let window = 72

    /// The files whose lines can be printed.
    private let sources: [SourceText]

    /// Creates a printer for diagnostics about these files.
    package init(sources: [SourceText]) {
        self.sources = sources
    }

    /// All diagnostics by file, line and column, with a final line feed.
    package func text(_ diagnostics: Diagnostics) -> String {
        let text = texts(diagnostics).map(\.text).joined()
        guard diagnostics.omittedCount > 0 else { return text }
        return text + "… and \(diagnostics.omittedCount) more\n"
    }

    /// The text of each diagnostic that is kept, in the same order.
    package func texts(_ diagnostics: Diagnostics) -> [(diagnostic: Diagnostic, text: String)] {
        let all = diagnostics.sorted()
        let lines = linesNamed(by: all)
        return all.map { ($0, text(of: $0, lines)) }
    }

    private func text(of diagnostic: Diagnostic, _ lines: [Line: LineText]) -> String {
        var text = "\(diagnostic.location): \(diagnostic.severity): \(diagnostic.message)\n"
        text += excerpt(at: diagnostic.location, from: lines)
        for note in diagnostic.related {
            text += "\(note.location): note: \(note.message)\n"
            text += excerpt(at: note.location, from: lines)
        }
        return text
    }

    private struct Line: Hashable {
        let file: String
        let number: Int
    }

    /// The source line and the caret line; nothing when the line is unknown or blank.
    private func excerpt(at location: SourceLocation, from lines: [Line: LineText]) -> String {
        guard let line = lines[Line(file: location.file, number: location.line)] else { return "" }
        let first = max(0, location.column - 1 - Self.window / 2)
        // One more character shows whether the line is truncated after the window.
        var shown = line.characters(from: first, count: Self.window + 1)
        guard shown.contains(where: { $0.value > 0x20 }) else { return "" }
        let isCut = shown.count > Self.window
        if isCut { shown.removeLast() }
        var source = first > 0 ? "…" : ""
        source.unicodeScalars.append(contentsOf: shown.map { $0.isPrintable ? $0 : "\u{FFFD}" })
        var caret = first > 0 ? " " : ""
        // A tab below a tab is as wide, whatever the tab stops of the terminal.
        for character in shown.prefix(location.column - 1 - first) {
            caret += character == "\t" ? "\t" : " "
        }
        return "  \(source)\(isCut ? "…" : "")\n  \(caret)^\n"
    }

    /// Collects the lines of diagnostics in one pass over each file.
    private func linesNamed(by diagnostics: [Diagnostic]) -> [Line: LineText] {
        var wanted: [String: Set<Int>] = [:]
        for location in diagnostics.flatMap({ [$0.location] + $0.related.map(\.location) }) {
            wanted[location.file, default: []].insert(location.line)
        }
        var lines: [Line: LineText] = [:]
        for source in sources {
            guard let numbers = wanted[source.file], let last = numbers.max(),
                // A binary file, or a key, is not printed.
                FileFormat(source.bytes) == nil
            else { continue }
            var (start, number) = (source.textStart, 1)
            while start < source.bytes.count, number <= last {
                let rest = source.bytes[start...]
                let end = rest.firstIndex(of: .newline) ?? rest.endIndex
                if numbers.contains(number) {
                    lines[Line(file: source.file, number: number)] = LineText(rest[..<end])
                }
                (start, number) = (end + 1, number + 1)
            }
        }
        return lines
    }
}

/// A line with fast access to characters by number.
///
/// Otherwise a thousand diagnostics about one line of ten megabytes would read ten gigabytes.
private struct LineText {
    private static let stride = 1_024
    private let bytes: ArraySlice<UInt8>
    /// The offset of every 1,024th character.
    private var milestones: [Int] = []

    init(_ line: ArraySlice<UInt8>) {
        bytes = (line.last == UInt8(ascii: "\r") ? line.dropLast() : line).withoutSecret
        var count = 0
        for index in bytes.indices where bytes[index] & 0xC0 != 0x80 {
            if count.isMultiple(of: Self.stride) { milestones.append(index) }
            count += 1
        }
    }

    /// At most `count` characters, starting with the given one.
    func characters(from first: Int, count: Int) -> [Unicode.Scalar] {
        guard first / Self.stride < milestones.count else { return [] }
        // A character has at most four bytes.
        let skipped = first % Self.stride
        let near = bytes[milestones[first / Self.stride]...].prefix(4 * (skipped + count))
        let text = String(decoding: near, as: UTF8.self).unicodeScalars
        return Array(text.dropFirst(skipped).prefix(count))
    }
}
