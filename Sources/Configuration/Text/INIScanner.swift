/// Splits the text of a file into sections, keys and values.
///
/// The syntax is that of ICS: lines are trimmed; those that start with `;`, and here `#` too, are comments;
/// the first `=` splits; there are neither comments after values nor quotes. Lines that ICS ignores are
/// errors here: any other line, and a key before the first section.
struct INIScanner {
    private let source: SourceText
    private let variable: (String) -> String?
    private var document = INIDocument()
    /// Whether the current keys are in a section, even one whose name could not be read.
    private var isInSection = false
    /// Whether the name of that section could be read, so that its keys are used.
    private var isSectionUsable = false

    /// Scans the whole text, in time linear to its size.
    ///
    /// A text with a NUL byte results in one error and an empty document.
    ///
    /// - Parameters:
    ///   - source: the text.
    ///   - variable: the value of an environment variable, nil when it is not set.
    ///   - diagnostics: receives the mistakes.
    /// - Returns: the parts that could be read.
    static func scan(
        _ source: SourceText, variable: @escaping (String) -> String? = { _ in nil },
        into diagnostics: inout Diagnostics
    ) -> INIDocument {
        if let problem = source.problem() {
            diagnostics.append(problem)
            return INIDocument(lacksFiles: true)
        }
        var scanner = INIScanner(source: source, variable: variable)
        var (start, number) = (source.textStart, 1)
        while start < source.bytes.count {
            let rest = source.bytes[start...]
            let end = rest.firstIndex(of: .newline) ?? rest.endIndex
            scanner.scanLine(Line(number: number, bytes: rest[..<end]), into: &diagnostics)
            (start, number) = (end + 1, number + 1)
        }
        return scanner.document
    }

    private init(source: SourceText, variable: @escaping (String) -> String?) {
        self.source = source
        self.variable = variable
    }

    private struct Line {
        let number: Int
        let bytes: ArraySlice<UInt8>
    }

    private mutating func scanLine(_ line: Line, into diagnostics: inout Diagnostics) {
        let text = line.bytes.trimmed
        switch text.first {
        case nil, UInt8(ascii: ";"), UInt8(ascii: "#"):
            break
        case UInt8(ascii: "["):
            scanSection(text, of: line, into: &diagnostics)
        default:
            scanEntry(text, of: line, into: &diagnostics)
        }
    }

    private mutating func scanSection(
        _ text: ArraySlice<UInt8>, of line: Line, into diagnostics: inout Diagnostics
    ) {
        isInSection = true
        isSectionUsable = scanSectionName(text, of: line, into: &diagnostics)
        if !isSectionUsable {
            let name = text.dropFirst().prefix { $0 != UInt8(ascii: "]") }
            document.lost.append(string(name.trimmed))
        }
    }

    /// Starts a section, or reports why its name is invalid.
    private mutating func scanSectionName(
        _ text: ArraySlice<UInt8>, of line: Line, into diagnostics: inout Diagnostics
    ) -> Bool {
        let place = location(of: text, in: line)
        guard let close = text.firstIndex(of: UInt8(ascii: "]")) else {
            diagnostics.error(
                at: place, "a section must end with \"]\", not \(quoted(text))")
            return false
        }
        let rest = text[(close + 1)...].trimmed
        guard rest.isEmpty else {
            diagnostics.error(
                at: location(of: rest, in: line),
                "a line must end after its section, not continue with \(quoted(rest))")
            return false
        }
        let name = text[(text.startIndex + 1)..<close].trimmed
        guard !name.isEmpty else {
            diagnostics.error(at: place, "a section must have a name between [ and ]")
            return false
        }
        // The place of a section is its bracket, also for reports about missing keys.
        document.sections.append(.init(name: Located(string(name), at: place)))
        return true
    }

    private mutating func scanEntry(
        _ text: ArraySlice<UInt8>, of line: Line, into diagnostics: inout Diagnostics
    ) {
        let place = location(of: text, in: line)
        guard !text.isKeyMaterial, let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
            let found = text.isKeyMaterial ? "the text of a key or certificate" : quoted(text)
            return diagnostics.error(
                at: place, "a line must be a [section], key=value or a comment, not \(found)")
        }
        let key = text[..<equals].trimmed
        guard !key.isEmpty else {
            return diagnostics.error(at: place, "a key must come before \"=\"")
        }
        let name = string(key)
        let isInclude = isIncludeAllowed && name.lowercased() == "include"
        guard isInSection || isInclude else {
            return diagnostics.error(
                at: place,
                "\(name.quoted) must be in a section such as \(KeyHome.section(of: name))")
        }
        guard isSectionUsable || isInclude else { return }
        var value = text[(equals + 1)...].trimmed
        // The place of a blank value is just after the sign, where a value would be.
        if value.isEmpty { value = text[(equals + 1)..<(equals + 1)] }
        var text = Located(string(value), at: location(of: value, in: line))
        var isKnown = true
        if value.contains(UInt8(ascii: "$")) {
            let expanded = VariableExpansion.expand(text, variable: variable, into: &diagnostics)
            isKnown = expanded != nil
            text.value = expanded ?? text.value
        }
        guard isInclude else {
            return document.sections[document.sections.endIndex - 1].entries.append(
                INIDocument.Entry(key: Located(name, at: place), value: text, isKnown: isKnown))
        }
        guard isKnown else {
            document.lacksFiles = true
            return
        }
        guard !text.value.isEmpty else { return }
        let position = document.sections.count
        document.includes.append(.init(pattern: text, position: position))
    }

    /// Whether the current line may include files: before the first section, and in `[Server]`.
    private var isIncludeAllowed: Bool {
        guard isInSection else { return true }
        return isSectionUsable && document.sections.last?.name.value.lowercased() == "server"
    }

    /// The text in quotes, without the value of a secret key.
    private func quoted(_ text: ArraySlice<UInt8>) -> String {
        string(text.withoutSecret).quoted
    }

    private func string(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private func location(of part: ArraySlice<UInt8>, in line: Line) -> SourceLocation {
        let column = 1 + line.bytes[..<part.startIndex].characterCount
        return SourceLocation(file: source.file, line: line.number, column: column)
    }
}
