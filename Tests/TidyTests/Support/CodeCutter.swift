/// Cuts Swift text into code and comments; what stands in string literals is neither.
///
/// Both results have the lines of the text, and every character that is kept has its column.
/// Interpolated expressions are code. Good for this repository: extended delimiters may hold no
/// interpolation, and there are no regular expressions with quotes.
struct CodeCutter {
    private(set) var code = ""
    private(set) var comments = ""
    /// The pieces of string literals between their interpolations, without escapes.
    private(set) var texts: [String] = []
    private let bytes: [UInt8]
    private var position = 0
    private var codeBytes: [UInt8] = []
    private var commentBytes: [UInt8] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func cut() {
        scanCode(isInterpolation: false)
        code = String(decoding: codeBytes, as: UTF8.self)
        comments = String(decoding: commentBytes, as: UTF8.self)
    }

    private static let slashes = Array("//".utf8)
    private static let rawQuote = Array("#\"".utf8)
    private static let rawEnd = Array("\"#".utf8)
    private static let quote = Array("\"".utf8)
    private static let longQuote = Array("\"\"\"".utf8)
    private static let escape = Array("\\".utf8)
    private static let interpolation = Array("\\(".utf8)

    private enum Kind {
        case code, comment, text
    }

    private func isAt(_ text: [UInt8]) -> Bool {
        guard bytes[position] == text[0], position + text.count <= bytes.count else { return false }
        return text.count == 1 || bytes[position..<(position + text.count)].elementsEqual(text)
    }

    private mutating func take(_ count: Int = 1, as kind: Kind) {
        let end = min(position + count, bytes.count)
        while position < end {
            let byte = bytes[position]
            let blank = byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " ")
            codeBytes.append(kind == .code ? byte : blank)
            commentBytes.append(kind == .comment ? byte : blank)
            position += 1
        }
    }

    /// Reads code to the end of the text, or to the parenthesis that ends an interpolation.
    private mutating func scanCode(isInterpolation: Bool) {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "/") where isAt(Self.slashes):
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
                    take(as: .comment)
                }
            case UInt8(ascii: "#") where isAt(Self.rawQuote):
                take(2, as: .text)
                while position < bytes.count, !isAt(Self.rawEnd) { take(as: .text) }
                take(2, as: .text)
            case UInt8(ascii: "\""):
                scanText()
            case UInt8(ascii: "("):
                depth += 1
                take(as: .code)
            case UInt8(ascii: ")"):
                depth -= 1
                take(as: .code)
                if isInterpolation, depth < 0 { return }
            default:
                take(as: .code)
            }
        }
    }

    private mutating func scanText() {
        let isLong = isAt(Self.longQuote)
        take(isLong ? 3 : 1, as: .text)
        var text: [UInt8] = []
        defer { texts.append(String(decoding: text, as: UTF8.self)) }
        while position < bytes.count {
            if isAt(Self.interpolation) {
                texts.append(String(decoding: text, as: UTF8.self))
                text = []
                take(as: .text)
                take(as: .code)
                scanCode(isInterpolation: true)
            } else if isAt(Self.escape) {
                text += Self.unescaped(bytes[min(position + 1, bytes.count - 1)])
                take(2, as: .text)
            } else if isAt(isLong ? Self.longQuote : Self.quote) {
                return take(isLong ? 3 : 1, as: .text)
            } else {
                text.append(bytes[position])
                take(as: .text)
            }
        }
    }

    /// What a backslash and a letter stand for; the end of a line in a long text, for nothing.
    private static func unescaped(_ letter: UInt8) -> [UInt8] {
        switch letter {
        case UInt8(ascii: "n"): [UInt8(ascii: "\n")]
        case UInt8(ascii: "t"): [UInt8(ascii: "\t")]
        case UInt8(ascii: "\n"): []
        default: [letter]
        }
    }
}
