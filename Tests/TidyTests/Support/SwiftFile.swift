import Testing

/// A Swift file, its code apart from its comments and texts.
struct SwiftFile: Sendable {
    /// The path from the root of the repository, such as `Sources/TLS/TLSPort.swift`.
    let path: String
    /// The lines without what stands in comments and string literals.
    let code: [Substring]
    /// The lines with comments only.
    let comments: [Substring]
    /// The pieces of its string literals between their interpolations.
    let texts: [String]
    /// The modules that it imports.
    let imports: [String]

    init(_ path: String, bytes: [UInt8]) {
        self.path = path
        var cutter = CodeCutter(bytes)
        cutter.cut()
        code = cutter.code.split(separator: "\n", omittingEmptySubsequences: false)
        texts = cutter.texts
        comments = cutter.comments.split(separator: "\n", omittingEmptySubsequences: false)
        imports = code.filter(\.isAtMargin).compactMap {
            $0.firstMatch(of: /^(?:@\w+\s+|\w+\s+)*import\s+(\w+)/).map { String($0.1) }
        }
    }

    /// The folder below `Sources`, which is the module.
    var module: String { String(path.split(separator: "/")[1]) }

    /// The path below `Sources` or `Tests`.
    var place: String { path.split(separator: "/").dropFirst().joined(separator: "/") }

    /// The file's name without its ending.
    var stem: String { String(path.split(separator: "/").last?.dropLast(".swift".count) ?? "") }

    /// How many lines it has.
    var lineCount: Int { code.last == "" ? code.count - 1 : code.count }

    /// The places of the lines whose code has a match, such as `TLS/TLSPort.swift:20`.
    func places(of pattern: Regex<Substring>) -> [String] {
        code.indices.filter { code[$0].contains(pattern) }.map { "\(place):\($0 + 1)" }
    }

    /// Whether any line of code has a match.
    func has(_ pattern: Regex<Substring>) -> Bool { code.contains { $0.contains(pattern) } }
}

extension SwiftFile: CustomTestStringConvertible {
    var testDescription: String { path }
}

extension Substring {
    /// Whether the line begins at the left margin; asked first, since a match takes long.
    var isAtMargin: Bool { !(utf8.first.map { $0 == UInt8(ascii: " ") } ?? true) }
}
